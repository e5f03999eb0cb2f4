// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace diagonal {

/// Keeps what several threads take of memory at a time below a limit. Who asks first is served first.
class MemoryRoom {
  public:
    explicit MemoryRoom(uint64_t limit) : m_limit(limit) {}

    /// Holds so many bytes of a room for its life.
    class Share {
      public:
        /// Waits until they fit. More than the whole room get in when nobody else is there.
        Share(MemoryRoom& room, uint64_t bytes);
        ~Share();
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

      private:
        MemoryRoom& m_room;
        uint64_t m_bytes;
    };

  private:
    const uint64_t m_limit;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    uint64_t m_taken = 0;
    uint64_t m_asked = 0, m_served = 0;
};

/// The room of all pictures that are being decoded: a quarter of the machine's memory, between 1 and 8 GiB.
MemoryRoom& decodingRoom();

}  // namespace diagonal
