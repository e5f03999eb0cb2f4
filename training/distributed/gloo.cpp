// SPDX-License-Identifier: Apache-2.0
#define USE_C10D_GLOO

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "engine/base/error.h"
#include "training/distributed/process_group.h"

namespace diagonal {

namespace {

/// The address of this computer that it reaches another one from, as a number; empty where it cannot be told.
std::string ownAddressTowards(const std::string& host) {
    addrinfo hints = {}, *found = nullptr;
    hints.ai_socktype = SOCK_DGRAM;
    if (getaddrinfo(host.c_str(), "9", &hints, &found) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        const int file = socket(one->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (file < 0) continue;
        // Nothing is sent: the kernel only chooses the way.
        sockaddr_storage own = {};
        socklen_t size = sizeof own;
        char name[INET6_ADDRSTRLEN] = {};
        const bool known =
            connect(file, one->ai_addr, one->ai_addrlen) == 0 &&
            getsockname(file, reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
            getnameinfo(reinterpret_cast<sockaddr*>(&own), size, name, sizeof name, nullptr, 0, NI_NUMERICHOST) == 0;
        close(file);
        if (known) return name;
    }
    return {};
}

}  // namespace

c10::intrusive_ptr<c10d::Backend> makeGloo(const c10::intrusive_ptr<c10d::Store>& store, const Launch& launch,
                                           std::chrono::milliseconds timeout) {
    using Group = c10d::ProcessGroupGloo;
    const auto options = Group::Options::create(timeout);
    const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
    const std::string own = ownAddressTowards(launch.address);
    const bool isLoopback = own.starts_with("127.") || own == "::1";
    if (interface != nullptr && *interface != '\0')
        options->devices.push_back(Group::createDeviceForInterface(interface));
    else if (isLoopback && launch.localSize < launch.size)
        throw Error(
            "MASTER_ADDR " + launch.address,
            "is this computer itself (" + own + "), which others cannot reach by that name",
            "Set it to the computer's address in the network, or GLOO_SOCKET_IFNAME to the network's interface.");
    else
        options->devices.push_back(own.empty() ? Group::createDefaultDevice() : Group::createDeviceForHostname(own));
    return c10::make_intrusive<Group>(store, launch.rank, launch.size, options);
}

}  // namespace diagonal
