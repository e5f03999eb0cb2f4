// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace diagonal {

/// What a launcher tells one of the processes it started.
struct Launch {
    int rank = 0, size = 1;             ///< of all processes
    int localRank = 0, localSize = 1;   ///< of those on this computer
    std::string address = "127.0.0.1";  ///< of the computer of rank 0
    uint16_t port = 29500;
    /// A store that the launcher itself keeps at that address; what this start's keys begin with. Empty: rank 0 keeps
    /// one.
    std::string storePrefix;
    std::string launcher;  ///< "torchrun", "mpirun", "srun"
};

/// Reads the environment of torchrun (or anything that sets RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT), of Open MPI's
/// and MPICH's mpirun, and of Slurm's srun. None where this process was started alone, or as one of one. `variable`
/// gives a variable's value, null where it is not set. Throws Error naming the variable that makes no sense or is
/// missing.
std::optional<Launch> launchOf(const std::function<const char*(const char*)>& variable);

/// Of this process.
std::optional<Launch> launchOfThisProcess();

}  // namespace diagonal
