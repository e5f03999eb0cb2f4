# SPDX-License-Identifier: Apache-2.0
# What scripts/fuzz builds of tests/fuzz/fuzz_NAME.cpp: target NAME "SOURCES" "LIBRARIES" "SEEDS" (a folder or files).
# engine/base is always there.
checkpoints=tests/parity/data/checkpoints
target checkpoint "engine/formats/*.cpp" "-lz" "$checkpoints"
target zip "engine/formats/*.cpp" "-lz" "$checkpoints/*.pt"
target pickle "engine/formats/*.cpp" "-lz" "$checkpoints/pickles"
target torch_archive "engine/formats/*.cpp" "-lz" "$checkpoints/pickles"
target safetensors "engine/formats/*.cpp" "-lz" "$checkpoints/*.safetensors"
target config "engine/checkpoint/config_json.cpp engine/checkpoint/hugging_face_config.cpp engine/base/json_reader.cpp engine/parts/timm_siglip.cpp engine/parts/config.cpp" "" \
  "resources/architectures tests/parity/data/families/*/*config.json"
target tokenizer "engine/text/*.cpp engine/base/resources.cpp engine/base/text.cpp engine/hub/sha256.cpp" "-lcrypto -licuuc -lsentencepiece_train -lsentencepiece" "tests/fuzz/seeds/tokenizer tests/fuzz/seeds/bert_tokenizers"
target table "training/data/csv.cpp training/data/text_stream.cpp" "-lz" tests/fuzz/seeds/table
target text "training/data/python_json.cpp" "" tests/fuzz/seeds/text
target subtitles "engine/video/subtitles.cpp engine/base/text.cpp engine/text/charsets.cpp engine/text/html_entities.cpp engine/text/unicode.cpp" "-licuuc" tests/fuzz/seeds/subtitles
pictures=tests/parity/data/pictures
decoders="engine/image/bmp.cpp engine/image/box_reducer.cpp engine/image/exif.cpp engine/image/foreign.cpp engine/image/gif.cpp engine/image/heif.cpp engine/image/heif_boxes.cpp
  engine/image/image.cpp engine/image/image_header.cpp engine/image/jpeg.cpp engine/image/memory_room.cpp engine/image/png_decoder.cpp
  engine/image/pnm.cpp engine/image/raw.cpp engine/image/tiff.cpp engine/image/tiff_file.cpp engine/image/webp.cpp"
for name in bmp gif pnm tiff png webp; do
  target $name "$decoders" "-ljpeg -lpng -lz -ltiff -lwebp -lwebpdemux" "$pictures/*.$name"
done
target raw "$decoders" "-ljpeg -lpng -lz -ltiff -lwebp -lwebpdemux" tests/fuzz/seeds/raw
target picture_header "$decoders" "-ljpeg -lpng -lz -ltiff -lwebp -lwebpdemux" "$pictures tests/parity/data/heif"
