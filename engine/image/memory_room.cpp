// SPDX-License-Identifier: Apache-2.0
#include "engine/image/memory_room.h"

#include <unistd.h>

#include <algorithm>

namespace diagonal {

MemoryRoom::Share::Share(MemoryRoom& room, uint64_t bytes) : m_room(room), m_bytes(bytes) {
    std::unique_lock lock(room.m_mutex);
    const uint64_t ticket = room.m_asked++;
    room.m_changed.wait(lock, [&] {
        const bool fits = room.m_taken == 0 || room.m_taken + bytes <= room.m_limit;
        return room.m_served == ticket && fits;
    });
    room.m_taken += bytes;
    ++room.m_served;
    room.m_changed.notify_all();
}

MemoryRoom::Share::~Share() {
    const std::lock_guard lock(m_room.m_mutex);
    m_room.m_taken -= m_bytes;
    m_room.m_changed.notify_all();
}

MemoryRoom& decodingRoom() {
    static MemoryRoom room([] {
        constexpr uint64_t kGigabyte = uint64_t{1} << 30;
        const auto memory =
            static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGE_SIZE));
        return std::clamp(memory / 4, kGigabyte, 8 * kGigabyte);
    }());
    return room;
}

}  // namespace diagonal
