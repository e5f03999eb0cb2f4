// SPDX-License-Identifier: Apache-2.0
#include "app/cli/train_report.h"

#include <cmath>

#include "app/cli/console.h"
#include "app/cli/signals.h"

namespace diagonal::cli {

namespace {

std::string percent(double fraction) {
    return fixed(100 * fraction, 1) + "%";
}

/// A word for a shell.
std::string quoted(const std::filesystem::path& path) {
    const std::string text = path.string();
    const bool plain = !text.empty() && text.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_-./+:,=@%") == std::string::npos;
    if (plain) return text;
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

/// "   data 12%   GPU 94%, 21.4 GB, 61 °C, 512 W", as far as it is known.
std::string machineText(const StepMetrics& metrics, double dataShare) {
    std::string text = "   data " + fixed(100 * dataShare, 0) + "%";
    std::string gpu;
    const auto add = [&gpu](double value, const std::string& shown) {
        if (value >= 0) gpu += (gpu.empty() ? "   GPU " : ", ") + shown;
    };
    add(metrics.gpuUtilization, fixed(metrics.gpuUtilization, 0) + "%");
    add(metrics.gpuMemoryBytes, formatBytes(static_cast<int64_t>(metrics.gpuMemoryBytes)));
    add(metrics.gpuTemperature, fixed(metrics.gpuTemperature, 0) + " °C");
    add(metrics.gpuPower, fixed(metrics.gpuPower, 0) + " W");
    if (metrics.skipped > 0) gpu += "   skipped " + grouped(metrics.skipped);
    return text + gpu;
}

Json toJson(const Recall& recall) {
    return {{"R@1", recall.at1}, {"R@5", recall.at5}, {"R@10", recall.at10}};
}

}  // namespace

void TrainReport::onStarted(const TrainOptions& options, int64_t firstStep, int64_t totalSteps) {
    setNothingToSave(false);
    m_options = options;
    m_firstStep = firstStep;
    m_start = std::chrono::steady_clock::now();
    std::string text = firstStep > 0 ? "Going on at step " + grouped(firstStep) + " of " : "Training ";
    text += counted(totalSteps, "step") + " of " + counted(options.batchSize, "pair") + " from " +
            printable(options.trainData) + " into " + displayName(options.output) + ".";
    if (options.loss != "sigmoid" && options.distillWeight == 0)
        text += " A loss of " + fixed(std::log(options.batchSize), 2) + " (ln " + std::to_string(options.batchSize) +
                ") is chance.";
    console().note(text);
}

void TrainReport::onStep(const StepMetrics& metrics) {
    m_last = metrics;
    m_dataTime = 0.98 * m_dataTime + metrics.dataTime;
    m_batchTime = 0.98 * m_batchTime + metrics.batchTime;
    const bool last = metrics.step == metrics.totalSteps;
    const bool line = !console().hasLiveLine() && (metrics.step % m_logEvery == 0 || last);
    if (!line && !console().hasLiveLine()) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    const double left = seconds * static_cast<double>(metrics.totalSteps - metrics.step) /
                        static_cast<double>(std::max<int64_t>(1, metrics.step - m_firstStep));
    const std::string text = "step " + grouped(metrics.step) + "/" + grouped(metrics.totalSteps) + "   loss " +
                             fixed(metrics.loss, 3) + "   temperature " + fixed(metrics.temperature, 4) + "   " +
                             fixed(metrics.samplesPerSecond, 0) + " samples/s   " + formatDuration(left) + " left" +
                             machineText(metrics, m_batchTime > 0 ? m_dataTime / m_batchTime : 0);
    if (line)
        console().note(text);
    else
        console().live(text, last);
}

void TrainReport::onValidation(const ValidationMetrics& metrics) {
    m_validation = metrics;
    std::string text = "step " + grouped(metrics.step) + "   validation: loss " + fixed(metrics.loss, 3) +
                       "   recall@1/5/10 text to image " + percent(metrics.textToImage.at1) + " " +
                       percent(metrics.textToImage.at5) + " " + percent(metrics.textToImage.at10) +
                       "   image to text " + percent(metrics.imageToText.at1) + " " + percent(metrics.imageToText.at5) +
                       " " + percent(metrics.imageToText.at10);
    if (metrics.textToImageRank >= 0)
        text += "   median rank " + fixed(metrics.textToImageRank, 1) + " and " + fixed(metrics.imageToTextRank, 1);
    if (metrics.zeroShotTop1 >= 0) text += "   zero-shot " + percent(metrics.zeroShotTop1);
    if (metrics.zeroShotTop5 >= 0) text += ", top-5 " + percent(metrics.zeroShotTop5);
    if (metrics.zeroShotMeanPerClass >= 0) text += ", mean per class " + percent(metrics.zeroShotMeanPerClass);
    if (metrics.zeroShotHeldOutTop1 >= 0) text += ", held out " + percent(metrics.zeroShotHeldOutTop1);
    if (metrics.neighboursTop1 >= 0) text += "   kNN " + percent(metrics.neighboursTop1);
    if (metrics.probeTop1 >= 0) text += "   linear probe " + percent(metrics.probeTop1);
    console().note(text);
}

void TrainReport::onCheckpoint(int64_t step, const std::filesystem::path& folder) {
    console().note("step " + grouped(step) + "   saved " + displayName(folder));
}

void TrainReport::onMessage(const std::string& text) {
    console().note(text);
}

void TrainReport::summarize(const TrainingResult& result, Format format) const {
    console().clearLive();
    // A run that was finished before has told nothing of itself.
    const auto run = result.model.parent_path();
    Output output;
    if (format == Format::Json) {
        Json json = {{"run", run.string()},
                     {"model", result.finished ? Json(result.model.string()) : Json()},
                     {"finished", result.finished},
                     {"step", result.step},
                     {"seconds", result.seconds}};
        if (m_last) json["loss"] = m_last->loss;
        if (m_last) json["temperature"] = m_last->temperature;
        if (m_validation) {
            Json validation = {{"step", m_validation->step},
                               {"loss", m_validation->loss},
                               {"image_to_text", toJson(m_validation->imageToText)},
                               {"text_to_image", toJson(m_validation->textToImage)}};
            const auto add = [&](const char* key, double value) {
                if (value >= 0) validation[key] = value;
            };
            add("image_to_text_median_rank", m_validation->imageToTextRank);
            add("text_to_image_median_rank", m_validation->textToImageRank);
            add("zero_shot_top1", m_validation->zeroShotTop1);
            add("zero_shot_top5", m_validation->zeroShotTop5);
            add("zero_shot_mean_per_class", m_validation->zeroShotMeanPerClass);
            add("zero_shot_held_out_top1", m_validation->zeroShotHeldOutTop1);
            add("knn_top1", m_validation->neighboursTop1);
            add("linear_probe_top1", m_validation->probeTop1);
            json["validation"] = std::move(validation);
        }
        output.write(dump(json, 2) + "\n");
    } else if (result.finished) {
        std::vector<std::pair<std::string, std::string>> facts = {
            {"Model", displayName(result.model)},
            {"Trained",
             counted(result.step, "step") + (result.seconds > 0 ? " in " + formatDuration(result.seconds) : "")}};
        if (m_last)
            facts.emplace_back("Last step",
                               "loss " + fixed(m_last->loss, 3) + ", temperature " + fixed(m_last->temperature, 4));
        if (m_validation) {
            facts.emplace_back("Validation", "loss " + fixed(m_validation->loss, 3) + ", recall@10 text to image " +
                                                 percent(m_validation->textToImage.at10) + ", image to text " +
                                                 percent(m_validation->imageToText.at10));
            if (m_validation->zeroShotTop1 >= 0) {
                std::string text = percent(m_validation->zeroShotTop1) + " right";
                if (m_validation->zeroShotHeldOutTop1 >= 0)
                    text += ", " + percent(m_validation->zeroShotHeldOutTop1) + " on labels never trained on";
                facts.emplace_back("Zero-shot", text);
            }
        }
        output.write(renderFacts(facts));
    }
    output.finish();
    if (result.finished)
        console().note("\nTry it:  diagonal-cli label --model " + quoted(run) + " --label \"…\" --label \"…\" IMAGES");
    else
        console().note("Go on with:  diagonal-cli train --resume " + quoted(run));
}

}  // namespace diagonal::cli
