// SPDX-License-Identifier: Apache-2.0
#include <sys/sysinfo.h>
#include <torch/version.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <opencv2/core/version.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/self_check.h"
#include "engine/base/device.h"
#include "engine/base/resources.h"
#include "training/checks/run_checks.h"

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
    std::vector<std::pair<std::string, CheckOutcome>> computed;  ///< of each device, by its name
};

/// Has a device compute what models and training are made of, each operation with a few small shapes; a GPU whole
/// models as well. A line for all, and one for each that fails.
void compute(Report& report, const std::string& device) {
    constexpr int kShapes = 3;
    const c10::Device where(device);
    const int before = threads();
    setThreads(1);  // of small shapes there is nothing to share, and waiting for each other takes seconds
    std::vector<CheckOutcome> outcomes = checkOperations(where, kShapes);
    if (!where.is_cpu())
        for (const ModelCheck& one : modelChecks())
            outcomes.push_back(checkModelOn(where, one));
    setThreads(before);
    std::vector<CheckResult> failures;
    for (const CheckOutcome& outcome : outcomes) {
        report.computed.emplace_back(device, outcome);
        if (!outcome.passed())
            failures.push_back({outcome.name + ", " + outcome.precision + ", " + device, false, outcome.problem});
    }
    report.checks.push_back({"Computing on " + device, failures.empty(),
                             std::to_string(outcomes.size() - failures.size()) + " of " +
                                 std::to_string(outcomes.size()) + " agree with plain arithmetic"});
    report.checks.insert(report.checks.end(), failures.begin(), failures.end());
}

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
    for (const auto& device : report.devices)
        compute(report, device.name);
    return report;
}

/// A row a check, a column for each device and precision: the error, as a share of what is allowed.
std::string errorTable(const Report& report) {
    std::vector<std::string> columns, names;
    std::map<std::pair<std::string, std::string>, std::string> cells;
    const auto once = [](std::vector<std::string>& list, const std::string& text) {
        if (std::ranges::find(list, text) == list.end()) list.push_back(text);
    };
    for (const auto& [device, outcome] : report.computed) {
        const std::string column = device + " " + outcome.precision;
        once(columns, column);
        once(names, outcome.name);
        char share[32];
        std::snprintf(share, sizeof share, "%s%.3f", outcome.passed() ? "" : "✗ ",
                      outcome.error == 0 ? 0 : outcome.error / outcome.allowed);
        cells[{outcome.name, column}] = share;
    }
    std::vector<std::vector<std::string>> rows = {{"Error, 1 is allowed"}};
    rows[0].insert(rows[0].end(), columns.begin(), columns.end());
    for (const std::string& name : names) {
        std::vector<std::string>& row = rows.emplace_back(std::vector{name});
        for (const std::string& column : columns)
            row.push_back(cells[{name, column}]);
    }
    std::vector<size_t> numbers(columns.size());
    std::iota(numbers.begin(), numbers.end(), 1);
    return renderTable(rows, numbers);
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
    return renderFacts(facts) + "\n" + errorTable(report);
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
    json["computed"] = Json::array();
    for (const auto& [device, one] : report.computed)
        json["computed"].push_back({{"device", device},
                                    {"name", one.name},
                                    {"precision", one.precision},
                                    {"error", one.error},
                                    {"allowed", one.allowed},
                                    {"passed", one.passed()},
                                    {"problem", one.problem}});
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
        "it label pictures; has each device compute all that models\nand training are made of, and "
        "compares it with plain arithmetic in float64.\nExit code 1 when a check fails.");
    addFormat(command, options->format, {Format::Table, Format::Json});
    addThreads(command, options->threads);
    addQuiet(command);
    command->footer(
        "  diagonal-cli doctor\n"
        "  diagonal-cli doctor --format json > report.json");
    runs(command, program, options, runDoctor);
}

}  // namespace diagonal::cli
