// SPDX-License-Identifier: Apache-2.0
#include "training/data/read_ahead.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace diagonal {

namespace {

constexpr uint64_t kPiece = uint64_t{1} << 20;     ///< bytes of a read
constexpr uint64_t kReadOver = uint64_t{1} << 18;  ///< a gap up to here costs less to read than to jump over

}  // namespace

ReadAhead::ReadAhead(std::shared_ptr<const Dataset> dataset, size_t rank)
    : m_dataset(std::move(dataset)),
      m_rank(rank),
      m_bytesRead(kPiece),
      m_thread([this](const std::stop_token& stop) { run(stop); }) {
}

void ReadAhead::want(const std::shared_ptr<const EpochPlan>& plan, size_t begin, size_t end) {
    const std::lock_guard lock(m_mutex);
    if (plan->epoch < m_epoch) return;
    if (plan->epoch > m_epoch) m_end = begin;
    m_epoch = plan->epoch;
    end = std::min(end, plan->reading[m_rank].size());
    if (end <= m_end) return;
    m_jobs.push_back({plan, m_end, end});
    m_end = end;
    m_isWanted.notify_all();
}

void ReadAhead::run(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    while (m_isWanted.wait(lock, stop, [this] { return !m_jobs.empty(); })) {
        const Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        read(job, stop);
        lock.lock();
    }
    use(nullptr);
}

/// Images that lie one behind the other, with their texts between them, are one piece.
void ReadAhead::read(const Job& job, const std::stop_token& stop) {
    const std::vector<uint32_t>& order = job.plan->reading[m_rank];
    Dataset::Place piece;
    for (size_t i = job.begin; i < job.end && !stop.stop_requested(); ++i) {
        const Dataset::Place place = m_dataset->place(order[i]);
        if (place.file == nullptr) continue;
        const uint64_t end = piece.offset + piece.size;
        if (place.file == piece.file && place.offset >= end && place.offset - end <= kReadOver) {
            piece.size = place.offset + place.size - piece.offset;
        } else {
            read(piece, stop);
            piece = place;
        }
    }
    read(piece, stop);
}

void ReadAhead::read(const Dataset::Place& piece, const std::stop_token& stop) {
    if (piece.file == nullptr) return;
    const bool goesOn = piece.file == m_file && piece.offset >= m_place && piece.offset - m_place <= kReadOver;
    use(piece.file);
    if (m_descriptor < 0) return;
    uint64_t at = goesOn ? m_place : piece.offset;
    const uint64_t end = piece.offset + piece.size;
    if (!goesOn) ++m_jumps;
    while (at < end && !stop.stop_requested()) {
        const ssize_t count =
            ::pread(m_descriptor, m_bytesRead.data(), std::min(kPiece, end - at), static_cast<off_t>(at));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        at += static_cast<uint64_t>(count);
        m_bytes += static_cast<uint64_t>(count);
    }
    m_place = at;
}

void ReadAhead::use(const std::filesystem::path* file) {
    if (file == m_file) return;
    if (m_descriptor >= 0) ::close(m_descriptor);
    m_file = file;
    m_descriptor = file == nullptr ? -1 : ::open(file->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (m_descriptor >= 0) ::posix_fadvise(m_descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
}

}  // namespace diagonal
