# `cmake --install`: programs, resources, and LibTorch beside them.
install(TARGETS diagonal-cli RUNTIME DESTINATION bin)
if(TARGET diagonal)
  install(TARGETS diagonal RUNTIME DESTINATION bin)
endif()
install(DIRECTORY resources/ DESTINATION share/diagonal)
