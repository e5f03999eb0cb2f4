// SPDX-License-Identifier: Apache-2.0
#include "training/run/metrics.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace {

template <typename Metrics, typename Visit>
void visitStep(Metrics& metrics, Visit&& visit) {
    visit("step", metrics.step);
    visit("total_steps", metrics.totalSteps);
    visit("epoch", metrics.epoch);
    visit("samples", metrics.samples);
    visit("train/loss", metrics.loss);
    visit("train/loss_image", metrics.lossImage);
    visit("train/loss_text", metrics.lossText);
    visit("train/loss_distill", metrics.lossDistillation);
    visit("train/logit_scale", metrics.logitScale);
    visit("train/temperature", metrics.temperature);
    visit("train/lr", metrics.learningRate);
    visit("train/grad_norm", metrics.gradientNorm);
    visit("train/samples_per_second", metrics.samplesPerSecond);
    visit("train/data_time", metrics.dataTime);
    visit("train/step_time", metrics.stepTime);
    visit("train/batch_time", metrics.batchTime);
    visit("train/skipped", metrics.skipped);
    visit("train/loss_scale", metrics.lossScale);
    visit("train/micro_batch", metrics.microBatch);
    visit("gpu/utilization", metrics.gpuUtilization);
    visit("gpu/memory_bytes", metrics.gpuMemoryBytes);
    visit("gpu/temperature_celsius", metrics.gpuTemperature);
    visit("gpu/power_watts", metrics.gpuPower);
}

template <typename Metrics, typename Visit>
void visitValidation(Metrics& metrics, Visit&& visit) {
    visit("step", metrics.step);
    visit("val/loss", metrics.loss);
    visit("val/image_to_text_R@1", metrics.imageToText.at1);
    visit("val/image_to_text_R@5", metrics.imageToText.at5);
    visit("val/image_to_text_R@10", metrics.imageToText.at10);
    visit("val/text_to_image_R@1", metrics.textToImage.at1);
    visit("val/text_to_image_R@5", metrics.textToImage.at5);
    visit("val/text_to_image_R@10", metrics.textToImage.at10);
    visit("val/image_to_text_median_rank", metrics.imageToTextRank);
    visit("val/text_to_image_median_rank", metrics.textToImageRank);
    visit("val/zero_shot_top1", metrics.zeroShotTop1);
    visit("val/zero_shot_top5", metrics.zeroShotTop5);
    visit("val/zero_shot_mean_per_class", metrics.zeroShotMeanPerClass);
    visit("val/zero_shot_held_out_top1", metrics.zeroShotHeldOutTop1);
    visit("val/knn_top1", metrics.neighboursTop1);
    visit("val/linear_probe_top1", metrics.probeTop1);
}

/// Measured only on some data and devices: below 0 means that it was not.
bool isOptional(std::string_view key) {
    return key.starts_with("val/zero_shot") || key.ends_with("median_rank") || key == "val/knn_top1" ||
           key == "val/linear_probe_top1" || key.starts_with("gpu/") || key == "train/loss_scale" ||
           key == "train/loss_distill";
}

bool isMeasured(std::string_view key, double value) {
    return std::isfinite(value) && !(value < 0 && isOptional(key));
}

struct MetricWriter {
    nlohmann::ordered_json& json;

    void operator()(const char* key, int64_t value) const { json[key] = value; }
    void operator()(const char* key, double value) const {
        if (isMeasured(key, value)) json[key] = value;
    }
};

struct Collector {
    MetricValues& values;

    void operator()(std::string_view key, int64_t value) const {
        if (key != "step") values.emplace_back(key, static_cast<double>(value));
    }
    void operator()(std::string_view key, double value) const {
        if (isMeasured(key, value)) values.emplace_back(key, value);
    }
};

struct MetricReader {
    const nlohmann::json& json;

    template <typename Value>
    void operator()(const char* key, Value& value) const {
        const auto found = json.find(key);
        if (found != json.end() && found->is_number()) value = found->template get<Value>();
    }
};

/// Calls take(json, line) for every whole line that holds an object with a step.
template <typename Take>
void forEachLine(const std::filesystem::path& file, Take&& take) {
    std::ifstream in(file, std::ios::binary);
    std::string line;
    while (std::getline(in, line)) {
        if (in.eof()) break;  // no line end: still being written, or torn by a crash
        const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
        if (json.is_object() && json.contains("step") && json["step"].is_number_integer()) take(json, line);
    }
}

}  // namespace

std::string metricsLine(const StepMetrics& metrics) {
    nlohmann::ordered_json json;
    visitStep(metrics, MetricWriter{json});
    return json.dump();
}

std::string metricsLine(const ValidationMetrics& metrics) {
    nlohmann::ordered_json json;
    visitValidation(metrics, MetricWriter{json});
    return json.dump();
}

MetricValues metricValues(const StepMetrics& metrics) {
    MetricValues values;
    visitStep(metrics, Collector{values});
    return values;
}

MetricValues metricValues(const ValidationMetrics& metrics) {
    MetricValues values;
    visitValidation(metrics, Collector{values});
    return values;
}

void readMetrics(const std::filesystem::path& file, std::vector<StepMetrics>& steps,
                 std::vector<ValidationMetrics>& validations) {
    forEachLine(file, [&](const nlohmann::json& json, const std::string&) {
        if (json.contains("val/loss")) visitValidation(validations.emplace_back(), MetricReader{json});
        if (json.contains("train/loss")) visitStep(steps.emplace_back(), MetricReader{json});
    });
}

void cutMetrics(const std::filesystem::path& file, int64_t step) {
    std::string kept;
    forEachLine(file, [&](const nlohmann::json& json, const std::string& line) {
        if (json["step"].get<int64_t>() <= step) kept += line + '\n';
    });
    // What is kept is the file's beginning, but for damage in its middle: cutting it takes no room on a full disk.
    std::ifstream in(file, std::ios::binary);
    std::string begin(kept.size(), '\0');
    std::error_code error;
    if (in && in.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == kept)
        std::filesystem::resize_file(file, kept.size(), error);
    else
        writeFile(file, kept);
    if (error) throw Error(displayName(file), "cannot be cut: " + error.message());
}

LineFile::LineFile(const std::filesystem::path& path)
    : m_descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
    if (m_descriptor < 0) throw Error(displayName(path), std::string("cannot be written: ") + std::strerror(errno));
}

LineFile::~LineFile() {
    ::close(m_descriptor);
}

bool LineFile::append(std::string_view line) {
    return appendBytes(std::string(line) += '\n');
}

bool LineFile::appendBytes(std::string_view bytes) {
    m_waiting += bytes;
    while (!m_waiting.empty()) {
        const auto written = ::write(m_descriptor, m_waiting.data(), m_waiting.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        m_waiting.erase(0, static_cast<size_t>(written));
    }
    return true;
}

}  // namespace diagonal
