// SPDX-License-Identifier: Apache-2.0
#include "training/distributed/c10d_world.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <utility>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "training/distributed/heartbeat.h"
#include "training/distributed/process_group.h"

namespace diagonal {

namespace {

using torch::Tensor;
using BackendPointer = c10::intrusive_ptr<c10d::Backend>;
using WorkPointer = c10::intrusive_ptr<c10d::Work>;
using StorePointer = c10::intrusive_ptr<c10d::Store>;
using Message = std::function<void(const std::string&)>;

/// Of a call of which nobody is lost: whoever decodes for minutes is waited for.
constexpr std::chrono::hours kTimeout(12);

constexpr const char* kLostRemedy =
    "Its own messages say why. `train --resume`, started in the same way, goes on from the newest checkpoint.";

/// keepsIt: rank 0 keeps the store itself.
StorePointer connect(const Launch& launch, std::chrono::seconds patience, bool keepsIt) {
    c10d::TCPStoreOptions options;
    options.port = launch.port;
    options.isServer = keepsIt && launch.rank == 0 && launch.storePrefix.empty();
    options.numWorkers = launch.size;
    options.waitWorkers = false;
    options.timeout = patience;
    StorePointer store = c10::make_intrusive<c10d::TCPStore>(launch.address, options);
    if (!launch.storePrefix.empty()) store = c10::make_intrusive<c10d::PrefixStore>(launch.storePrefix, store);
    return c10::make_intrusive<c10d::PrefixStore>("diagonal", store);
}

class C10dWorld : public World {
  public:
    C10dWorld(const Launch& launch, const Message& message, std::chrono::seconds patience)
        : m_rank(launch.rank), m_size(launch.size), m_localRank(launch.localRank), m_localSize(launch.localSize) {
        m_store = connect(launch, patience, true);
        // All are here before anything is made that is gone with one of them.
        if (m_store->add("joined", 1) > m_size)
            throw Error("MASTER_PORT=" + std::to_string(launch.port), "is that of another run, which is complete",
                        "Set it to another number, for all processes of this run.");
        const auto start = std::chrono::steady_clock::now();
        bool isTold = false;
        for (int64_t here = 0; (here = m_store->add("joined", 0)) < m_size;) {
            constexpr std::chrono::seconds kQuiet(3);
            if (!isTold && std::chrono::steady_clock::now() - start > kQuiet) {
                isTold = true;
                message("waiting for " + std::to_string(m_size - here) + " of " + std::to_string(m_size) +
                        " processes at " + launch.address + ":" + std::to_string(launch.port));
            }
            if (std::chrono::steady_clock::now() - start > patience)
                throw Error(launch.launcher,
                            "only " + std::to_string(m_store->add("joined", 0)) + " of " + std::to_string(m_size) +
                                " processes came",
                            "All of them must be started, with the same MASTER_ADDR and MASTER_PORT.");
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        m_cpu = makeGloo(c10::make_intrusive<c10d::PrefixStore>("gloo", m_store), launch, patience);
        m_cpu->setTimeout(kTimeout);
        m_heartbeat =
            std::make_unique<Heartbeat>(connect(launch, Heartbeat::kPatience - std::chrono::seconds(10), false), m_rank,
                                        m_size, [this] { onLost(); });
    }

    ~C10dWorld() override {
        if (m_heartbeat->lost().empty()) return;
        // Threads wait for the one that is lost: they end with the process.
        (void)m_cpu.release();
        (void)m_onDevice.release();
        (void)m_heartbeat.release();
    }

    int rank() const override { return m_rank; }
    int size() const override { return m_size; }
    int localRank() const override { return m_localRank; }
    int localSize() const override { return m_localSize; }

    void use(const torch::Device& device) override {
        if (device.is_cpu() || m_onDevice) return;
        BackendPointer made =
            makeNccl(c10::make_intrusive<c10d::PrefixStore>("nccl", m_store), m_rank, m_size, kTimeout);
        const std::lock_guard lock(m_mutex);
        m_onDevice = std::move(made);
    }

    Tensor gather(const Tensor& rows) override {
        Tensor mine = rows.detach().contiguous();
        auto sizes = mine.sizes().vec();
        sizes.at(0) *= m_size;
        Tensor all = torch::empty(sizes, mine.options());
        wait(groupOf(mine), [&](c10d::Backend& group) { return group._allgather_base(all, mine); });
        return all;
    }

    void sum(const std::vector<Tensor>& tensors) override {
        for (const auto& bundle : bundles(tensors)) {
            if (bundle.size() == 1 && bundle[0].is_contiguous()) {
                beginSum(bundle[0])();
                continue;
            }
            const Tensor all = inARow(bundle);
            beginSum(all)();
            giveBack(all, bundle);
        }
    }

    std::function<void()> beginSum(const Tensor& tensor) override {
        std::vector<Tensor> one = {tensor.detach()};
        c10d::Backend& group = groupOf(tensor);
        const WorkPointer work = begun([&] { return group.allreduce(one); });
        return [this, work, &group] { wait(group, work); };
    }

    Tensor sumToOwners(const Tensor& rows) override {
        if (rows.is_cpu()) {  // Gloo's own does the same, in a way that cannot be watched
            Tensor all = rows.detach().clone(at::MemoryFormat::Contiguous);
            beginSum(all)();
            const int64_t count = all.size(0) / m_size;
            return all.narrow(0, m_rank * count, count).clone();
        }
        Tensor all = rows.detach().contiguous();
        auto sizes = all.sizes().vec();
        sizes.at(0) /= m_size;
        Tensor mine = torch::empty(sizes, all.options());
        wait(groupOf(all), [&](c10d::Backend& group) { return group._reduce_scatter_base(mine, all); });
        return mine;
    }

    std::vector<Tensor> shift(const std::vector<Tensor>& tensors) override {
        std::vector<Tensor> received;
        for (const Tensor& tensor : tensors) {
            Tensor mine = tensor.detach().contiguous().view(-1), theirs = torch::empty_like(mine);
            std::vector<int64_t> sent(static_cast<size_t>(m_size)), taken(sent);
            sent[static_cast<size_t>((m_rank + 1) % m_size)] = mine.numel();
            taken[static_cast<size_t>((m_rank + m_size - 1) % m_size)] = mine.numel();
            wait(groupOf(mine), [&](c10d::Backend& group) { return group.alltoall_base(theirs, mine, taken, sent); });
            received.push_back(theirs.view(tensor.sizes()));
        }
        return received;
    }

    void takeFirst(const std::vector<Tensor>& tensors) override {
        for (const auto& bundle : bundles(tensors)) {
            std::vector<Tensor> all = {inARow(bundle)};
            wait(groupOf(all[0]), [&](c10d::Backend& group) { return group.broadcast(all); });
            giveBack(all[0], bundle);
        }
    }

    std::vector<int64_t> largest(const std::vector<int64_t>& numbers) override {
        std::vector<Tensor> one = {torch::tensor(numbers, torch::kLong)};
        c10d::AllreduceOptions options;
        options.reduceOp = c10d::ReduceOp::MAX;
        wait(*m_cpu, [&](c10d::Backend& group) { return group.allreduce(one, options); });
        const auto* values = one[0].const_data_ptr<int64_t>();
        return {values, values + one[0].numel()};
    }

    std::vector<std::string> texts(const std::string& mine) override {
        const auto longest = static_cast<size_t>(largest({static_cast<int64_t>(mine.size())})[0]);
        // Each with its length before it.
        Tensor row = torch::zeros({1, static_cast<int64_t>(sizeof(uint64_t) + longest)}, torch::kByte);
        const uint64_t length = mine.size();
        std::copy_n(reinterpret_cast<const uint8_t*>(&length), sizeof length, row.data_ptr<uint8_t>());
        std::copy(mine.begin(), mine.end(), row.data_ptr<uint8_t>() + sizeof length);
        const Tensor all = gather(row);
        std::vector<std::string> result;
        for (int64_t rank = 0; rank < m_size; ++rank) {
            const uint8_t* bytes = all.const_data_ptr<uint8_t>() + rank * row.numel();
            uint64_t size = 0;
            std::copy_n(bytes, sizeof size, reinterpret_cast<uint8_t*>(&size));
            result.emplace_back(reinterpret_cast<const char*>(bytes + sizeof size), size);
        }
        return result;
    }

  private:
    c10d::Backend& groupOf(const Tensor& tensor) { return tensor.is_cpu() ? *m_cpu : *m_onDevice; }

    /// Tensors that travel together: of one type, on one device, of a few megabytes.
    static std::vector<std::vector<Tensor>> bundles(const std::vector<Tensor>& tensors) {
        constexpr size_t kBytes = 32 << 20;
        std::vector<std::vector<Tensor>> all;
        size_t bytes = 0;
        for (const Tensor& tensor : tensors) {
            const bool fits = !all.empty() && bytes + tensor.nbytes() <= kBytes &&
                              all.back()[0].scalar_type() == tensor.scalar_type() &&
                              all.back()[0].device() == tensor.device();
            if (!fits) all.emplace_back(), bytes = 0;
            all.back().push_back(tensor);
            bytes += tensor.nbytes();
        }
        return all;
    }

    /// The elements of all, one tensor after the other.
    static Tensor inARow(const std::vector<Tensor>& bundle) {
        std::vector<Tensor> flat;
        for (const Tensor& tensor : bundle)
            flat.push_back(tensor.detach().reshape(-1));
        return torch::cat(flat);
    }

    static void giveBack(const Tensor& row, const std::vector<Tensor>& bundle) {
        const torch::NoGradGuard noGrad;
        int64_t at = 0;
        for (const Tensor& tensor : bundle)
            tensor.copy_(row.narrow(0, std::exchange(at, at + tensor.numel()), tensor.numel()).view(tensor.sizes()));
    }

    template <typename Begin>
    WorkPointer begun(Begin&& begin) {
        try {
            return begin();
        } catch (const c10::Error& error) {
            throw failure(error.what_without_backtrace());
        }
    }

    template <typename Begin>
    void wait(c10d::Backend& group, Begin&& begin) requires std::is_invocable_v<Begin, c10d::Backend&> {
        wait(group, begun([&] { return begin(group); }));
    }

    /// On a GPU the stream waits; the host does so for the CPU's tensors alone.
    void wait(c10d::Backend& group, const WorkPointer& work) {
        try {
            if (&group == m_cpu.get()) waitOnHost(*work->getFuture());
            work->wait();
        } catch (const std::exception& error) {
            if (dynamic_cast<const Error*>(&error) != nullptr) throw;
            const auto* torchError = dynamic_cast<const c10::Error*>(&error);
            throw failure(torchError != nullptr ? torchError->what_without_backtrace() : error.what());
        }
    }

    void waitOnHost(c10::ivalue::Future& future) {
        if (future.completed()) return;
        // The callback may outlive this call, where somebody is lost.
        struct Arrival {
            std::mutex mutex;
            std::condition_variable done;
            bool isDone = false;
        };
        const auto arrival = std::make_shared<Arrival>();
        future.addCallback([arrival](c10::ivalue::Future&) {
            const std::lock_guard lock(arrival->mutex);
            arrival->isDone = true;
            arrival->done.notify_all();
        });
        std::unique_lock lock(arrival->mutex);
        while (!arrival->done.wait_for(lock, std::chrono::milliseconds(500), [&] { return arrival->isDone; }))
            if (!m_heartbeat->lost().empty()) throw failure({});
    }

    Error failure(const std::string& reason) const {
        const std::string lost = m_heartbeat == nullptr ? std::string() : m_heartbeat->lost();
        if (!lost.empty()) return {lost, "is not there any more", kLostRemedy};
        return {"another process", "ended, or the network did (" + reason.substr(0, reason.find('\n')) + ")",
                kLostRemedy};
    }

    /// What waits on the GPU for somebody who is lost would wait for ever.
    void onLost() {
        const std::lock_guard lock(m_mutex);
        if (m_onDevice) m_onDevice->abort();
    }

    int m_rank, m_size, m_localRank, m_localSize;
    StorePointer m_store;
    BackendPointer m_cpu, m_onDevice;        ///< the latter where a GPU is used
    std::mutex m_mutex;                      ///< of m_onDevice, on which the heartbeat's thread calls
    std::unique_ptr<Heartbeat> m_heartbeat;  ///< last: it uses all of the above
};

}  // namespace

std::shared_ptr<World> joinWorld(const Launch& launch, const Message& message, std::chrono::seconds patience) {
    // LibTorch's record of what was exchanged: nobody reads it, and threads that call it at once have crashed in it.
    setenv("TORCH_FR_BUFFER_SIZE", "0", /*overwrite=*/0);
    try {
        return std::make_shared<C10dWorld>(launch, message, patience);
    } catch (const c10::Error& error) {
        throw Error(launch.address + ":" + std::to_string(launch.port),
                    std::string("the processes do not meet there: ") + error.what_without_backtrace(),
                    "Another program may use that port: set MASTER_PORT to another number, for all of them.");
    }
}

}  // namespace diagonal
