// SPDX-License-Identifier: Apache-2.0
#include "training/distributed/launch.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "engine/base/error.h"

namespace diagonal {

namespace {

/// The names that a launcher has for the same things; null: it has none.
struct Names {
    const char *launcher, *rank, *size, *localRank, *localSize;
};

// Slurm's are those of a step: a batch script that starts a program without srun is one process, however many tasks the
// job has.
constexpr std::array<Names, 4> kLaunchers = {{
    {"torchrun", "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"},
    {"mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", nullptr},
    {"mpirun", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"},
}};

constexpr const char* kStartRemedy =
    "Start the processes by torchrun --no-python, mpirun or srun; see docs/scaling.md.";

class Environment {
  public:
    explicit Environment(const std::function<const char*(const char*)>& variable) : m_variable(variable) {}

    std::string text(const char* name) const {
        const char* value = name == nullptr ? nullptr : m_variable(name);
        return value == nullptr ? std::string() : value;
    }

    int number(const char* name, int otherwise, int low, int high) const {
        const std::string value = text(name);
        if (value.empty()) return otherwise;
        int result = 0;
        const auto [rest, failure] = std::from_chars(value.data(), value.data() + value.size(), result);
        if (failure != std::errc() || rest != value.data() + value.size() || result < low || result > high)
            throw Error(std::string(name) + "=" + value,
                        "must be a number from " + std::to_string(low) + " to " + std::to_string(high), kStartRemedy);
        return result;
    }

  private:
    const std::function<const char*(const char*)>& m_variable;
};

/// The first computer of Slurm's list: "gpu07" of "gpu[07-09,12]" and of "gpu07,cpu1".
std::string firstHost(const std::string& nodes) {
    const size_t open = nodes.find('['), comma = nodes.find(',');
    if (open == std::string::npos || comma < open) return nodes.substr(0, comma);
    const size_t end = nodes.find_first_of("-,]", open + 1);
    return nodes.substr(0, open) + nodes.substr(open + 1, end == std::string::npos ? end : end - open - 1);
}

/// Steps of one job may run at once on one computer: each has a port of its own.
uint16_t slurmPort(const Environment& environment) {
    constexpr int kFirst = 20000, kCount = 10000;
    const int job = environment.number("SLURM_JOB_ID", 0, 0, std::numeric_limits<int>::max());
    const std::string step = environment.text("SLURM_STEP_ID");
    return static_cast<uint16_t>(kFirst + (job + std::atoi(step.c_str())) % kCount);
}

}  // namespace

std::optional<Launch> launchOf(const std::function<const char*(const char*)>& variable) {
    constexpr int kMost = 1 << 20;
    const Environment environment(variable);
    for (const Names& names : kLaunchers) {
        if (environment.text(names.size).empty()) continue;
        Launch launch;
        launch.launcher = names.launcher;
        launch.size = environment.number(names.size, 1, 1, kMost);
        if (launch.size == 1) continue;
        if (environment.text(names.rank).empty())
            throw Error(names.rank, std::string("is not set, though ") + names.size + " is", kStartRemedy);
        launch.rank = environment.number(names.rank, 0, 0, launch.size - 1);
        // Where a launcher does not say, all are on this computer.
        launch.localRank = environment.number(names.localRank, launch.rank, 0, launch.size - 1);
        launch.localSize = environment.number(names.localSize, launch.size, 1, launch.size);
        if (launch.launcher == std::string("srun")) {
            const std::string tasks = environment.text("SLURM_STEP_TASKS_PER_NODE");
            if (!tasks.empty()) launch.localSize = std::max(1, std::atoi(tasks.c_str()));  // "4", "4(x2)", "4,3"
            launch.address = firstHost(environment.text("SLURM_STEP_NODELIST"));
            launch.port = slurmPort(environment);
        }
        const std::string address = environment.text("MASTER_ADDR");
        if (!address.empty()) launch.address = address;
        const bool isElsewhere = launch.localSize < launch.size;
        if (launch.address.empty() || (address.empty() && isElsewhere && launch.launcher != std::string("srun")))
            throw Error("MASTER_ADDR", "is not set, and the processes are on several computers",
                        "Set it to the name of the computer of rank 0, for all of them.");
        launch.port = static_cast<uint16_t>(environment.number("MASTER_PORT", launch.port, 1, 65535));
        if (environment.text("TORCHELASTIC_USE_AGENT_STORE") == "True")
            launch.storePrefix =
                "/worker/attempt_" + std::to_string(environment.number("TORCHELASTIC_RESTART_COUNT", 0, 0, kMost));
        return launch;
    }
    return std::nullopt;
}

std::optional<Launch> launchOfThisProcess() {
    return launchOf([](const char* name) -> const char* { return std::getenv(name); });
}

}  // namespace diagonal
