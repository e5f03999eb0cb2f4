// SPDX-License-Identifier: Apache-2.0
#include <sys/sysinfo.h>
#include <torch/version.h>

#include <opencv2/core/version.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/self_check.h"
#include "engine/base/device.h"
#include "engine/base/resources.h"

namespace diagonal::cli {

namespace {

struct DoctorOptions {
    int threads = 0;
    Format format = Format::Table;
};

struct Report {
    int64_t memoryBytes = 0;
    std::vector<std::pair<std::string, std::string>> facts;
    std::vector<DeviceInfo> devices;
    std::vector<CheckResult> checks;
};

Report examine() {
    Report report;
    const std::string& cuda = loadCuda();
    struct sysinfo memory = {};
    sysinfo(&memory);
    const auto bytes = [&](unsigned long pages) { return formatBytes(static_cast<int64_t>(pages) * memory.mem_unit); };
    report.memoryBytes = static_cast<int64_t>(memory.totalram) * memory.mem_unit;
    report.devices = devices();
    report.facts = {{"diagonal", DIAGONAL_VERSION},
                    {"libtorch", TORCH_VERSION},
                    {"opencv", CV_VERSION},
                    {"compiler", "GCC-compatible " __VERSION__},
                    {"cpu_features", cpuFeatures()},
                    {"threads", std::to_string(threads())},
                    {"memory", bytes(memory.totalram) + ", " + bytes(memory.freeram + memory.bufferram) + " unused"},
                    {"cuda", cuda}};
    report.checks.push_back(check("Resources", [] { return displayName(resourceFolder()); }));
    report.checks.push_back(check("Demo model", checkDemoModel));
    if (driverIsPresent())
        report.checks.push_back(check("GPU", [&]() -> std::string {
            if (report.devices.size() > 1) return std::to_string(report.devices.size() - 1) + " found";
            throw Error(
                "NVIDIA's driver",
                "is here, and no GPU works: " + (cuda.starts_with("CUDA loaded") ? cuda + ", and finds none" : cuda),
                "Run scripts/setup, which brings the libraries of CUDA where a driver is.");
        }));
    for (const auto& device : report.devices)
        if (device.name != "cpu")
            report.checks.push_back(
                check("GPU against CPU, " + device.name, [&device] { return checkAgainstCpu(device.name); }));
    return report;
}

std::string toText(const Report& report) {
    static const std::vector<std::pair<std::string, std::string>> kNames = {
        {"diagonal", "Diagonal"},         {"libtorch", "LibTorch"}, {"opencv", "OpenCV"}, {"compiler", "Compiler"},
        {"cpu_features", "CPU features"}, {"threads", "Threads"},   {"memory", "Memory"}, {"cuda", "CUDA"}};
    std::vector<std::pair<std::string, std::string>> facts;
    for (const auto& [key, value] : report.facts)
        for (const auto& [name, shown] : kNames)
            if (name == key) facts.emplace_back(shown, value);
    for (const auto& device : report.devices)
        facts.emplace_back("Device " + device.name, device.description);
    facts.emplace_back("", "");
    for (const auto& one : report.checks)
        facts.emplace_back((one.passed ? "✓ " : "✗ ") + one.name, one.detail);
    return renderFacts(facts);
}

Json toJson(const Report& report, bool passed) {
    Json json = Json::object();
    for (const auto& [key, value] : report.facts)
        json[key] = value;
    json["threads"] = threads();
    json["memory_bytes"] = report.memoryBytes;
    json["devices"] = Json::array();
    for (const auto& device : report.devices)
        json["devices"].push_back({{"name", device.name}, {"description", device.description}});
    json["checks"] = Json::array();
    for (const auto& one : report.checks)
        json["checks"].push_back({{"name", one.name}, {"passed", one.passed}, {"detail", one.detail}});
    json["passed"] = passed;
    return json;
}

int runDoctor(const DoctorOptions& options) {
    loadCuda();
    setThreads(options.threads);
    const Report report = examine();
    bool passed = true;
    for (const auto& one : report.checks)
        passed = passed && one.passed;
    Output output;
    output.write(options.format == Format::Json ? dump(toJson(report, passed), 2) + "\n" : toText(report));
    output.finish();
    return passed ? kDone : kFailed;
}

}  // namespace

void addDoctor(CLI::App& app, Program& program) {
    auto options = std::make_shared<DoctorOptions>();
    CLI::App* command = app.add_subcommand(
        "doctor",
        "Check that everything works here: versions, devices, a self-check.\n\nLoads the demo model and has "
        "it label pictures; where there is a GPU, compares it with the CPU.\nExit code 1 when a check fails.");
    addFormat(command, options->format, {Format::Table, Format::Json});
    addThreads(command, options->threads);
    addQuiet(command);
    command->footer(
        "  diagonal-cli doctor\n"
        "  diagonal-cli doctor --format json > report.json");
    runs(command, program, options, runDoctor);
}

}  // namespace diagonal::cli
