// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/option_texts.h"

#include <QLocale>
#include <QMap>
#include <QRegularExpression>
#include <QStringList>
#include <nlohmann/json.hpp>

#include "training/run/option_info.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

QString percent(double part) {
    return formatShare(QLocale().toString(100 * part, 'g', 3));
}

}  // namespace

QString OptionTexts::number(double value) {
    QLocale locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator | QLocale::OmitLeadingZeroInExponent);
    return locale.toString(value, 'g', 10);
}

QString OptionTexts::inWords(QString sentence) {
    if (!sentence.contains(QLatin1String("--"))) return sentence;
    static const QRegularExpression kResume(QStringLiteral("`train --resume[^`]*`"));
    sentence.replace(kResume, tr("“Resume”"));
    std::vector<std::pair<QString, QString>> words = {{QStringLiteral("--train-data"), tr("“Data”")},
                                                      {QStringLiteral("--out"), tr("“Run folder”")},
                                                      {QStringLiteral("--model"), tr("“Model”")},
                                                      {QStringLiteral("--epochs"), tr("“Epochs”")},
                                                      {QStringLiteral("--steps"), tr("“Steps”")}};
    for (const OptionInfo& info : optionInfos())
        if (const QString name = label(info.key); name != QString::fromStdString(info.key))
            words.emplace_back(QString::fromStdString(info.flag()), QStringLiteral("“%1”").arg(name));
    for (const auto& [flag, word] : words)
        sentence.replace(QRegularExpression(QRegularExpression::escape(flag) + QStringLiteral("(?![a-z-])")), word);
    return sentence;
}

QString OptionTexts::label(const std::string& key) {
    const QMap<std::string, QString> labels = {
        {"val_data", tr("Validation data")},
        {"image_key", tr("Image column")},
        {"caption_key", tr("Caption column")},
        {"captions", tr("Captions of an image")},
        {"shuffle_buffer", tr("Shuffle buffer")},
        {"templates", tr("Caption of a class")},
        {"workers", tr("Threads that decode")},
        {"fast_decode", tr("Decode JPEGs smaller where that is enough")},
        {"tokenizer", tr("Tokenizer")},
        {"vocabulary_size", tr("Vocabulary")},
        {"lock_image", tr("Image tower locked")},
        {"lock_text", tr("Text tower locked")},
        {"image_views", tr("Views kept of a picture")},
        {"image_weights", tr("Weights of the image tower")},
        {"text_weights", tr("Weights of the text tower")},
        {"patch_dropout", tr("Patch dropout")},
        {"stages", tr("Stages of picture sizes")},
        {"lora_rank", tr("Low-rank terms (LoRA)")},
        {"lora_alpha", tr("Alpha of the low-rank terms")},
        {"lora_targets", tr("Matrices with low-rank terms")},
        {"loss", tr("Loss")},
        {"label_smoothing", tr("Label smoothing")},
        {"normalize", tr("Compare unit lengths")},
        {"target_temperature", tr("Temperature of the targets")},
        {"target_gradient", tr("Targets carry a gradient")},
        {"temperature", tr("Temperature at the start")},
        {"min_temperature", tr("Lowest temperature")},
        {"fix_temperature", tr("Keep the temperature as it is")},
        {"lr_tau", tr("Learning rate, temperature")},
        {"fastclip_gamma", tr("FastCLIP's gamma")},
        {"gamma_decay_epochs", tr("Epochs until gamma")},
        {"fastclip_rho", tr("FastCLIP's rho")},
        {"distill_weight", tr("Share of the teacher")},
        {"distill_temperature", tr("Temperature of the teacher")},
        {"lr", tr("Learning rate")},
        {"image_lr", tr("Learning rate, image tower")},
        {"text_lr", tr("Learning rate, text tower")},
        {"head_lr", tr("Learning rate, heads")},
        {"layer_decay", tr("Layer decay")},
        {"image_layer_decay", tr("Layer decay, image tower")},
        {"text_layer_decay", tr("Layer decay, text tower")},
        {"lr_scheduler", tr("Schedule")},
        {"plateau_patience", tr("Patience")},
        {"plateau_factor", tr("Factor of a fall")},
        {"warmup", tr("Warm-up")},
        {"wd", tr("Weight decay")},
        {"beta1", tr("Beta 1")},
        {"beta2", tr("Beta 2")},
        {"eps", tr("Epsilon")},
        {"grad_clip", tr("Largest gradient norm")},
        {"spike_factor", tr("Leave spikes out")},
        {"ema_decay", tr("Moving average of the weights")},
        {"batch_size", tr("Batch size")},
        {"augment", tr("Augment pictures")},
        {"crop_scale", tr("Smallest crop")},
        {"flip", tr("Mirror images")},
        {"color_jitter", tr("Colour changes")},
        {"grayscale", tr("Without colour")},
        {"blur", tr("Blur")},
        {"auto_augment", tr("Automatic augmentation")},
        {"save_every", tr("Save every")},
        {"save_frequency", tr("Save every (epochs)")},
        {"keep_checkpoints", tr("Newest checkpoints to keep")},
        {"validate_every", tr("Validate every")},
        {"val_frequency", tr("Validate every (epochs)")},
        {"val_probe", tr("Linear probe at validations")},
        {"keep_best", tr("Keep the best by")},
        {"device", tr("Device")},
        {"precision", tr("Precision")},
        {"micro_batch", tr("Micro-batch")},
        {"grad_checkpointing", tr("Compute activations again")},
        {"adam_states", tr("Optimizer's moments")},
        {"text_storage", tr("Text tower's weights")},
        {"threads", tr("Threads that compute")},
        {"seed", tr("Seed")},
    };
    return labels.value(key, QString::fromStdString(key));
}

std::vector<OptionTexts::Choice> OptionTexts::choices(const std::string& key) {
    if (key == "loss")
        return {{"contrastive", tr("Contrastive")},
                {"soft", tr("Soft targets")},
                {"mutual", tr("Mutual")},
                {"sigmoid", tr("Sigmoid")},
                {"fastclip", QStringLiteral("FastCLIP")}};
    if (key == "captions") return {{"turn", tr("In turn")}, {"random", tr("At random")}};
    if (key == "lr_scheduler")
        return {
            {"cosine", tr("Cosine")}, {"linear", tr("Linear")}, {"const", tr("Constant")}, {"plateau", tr("Plateau")}};
    if (key == "lora_targets")
        return {{"all", tr("All")}, {"attention", tr("Attention")}, {"mlp", QStringLiteral("MLP")}};
    if (key == "tokenizer") return {{"captions", tr("From the captions")}, {"clip", tr("CLIP's")}};
    if (key == "auto_augment")
        return {{"none", tr("None")},
                {"trivial", QStringLiteral("TrivialAugmentWide")},
                {"rand", QStringLiteral("RandAugment")}};
    if (key == "device") return {{"auto", tr("Automatic")}, {"cpu", tr("CPU")}, {"cuda", tr("GPU (CUDA)")}};
    if (key == "precision")
        return {{"auto", tr("Automatic: bf16 on a GPU, fp32 on a CPU")},
                {"fp32", QStringLiteral("fp32")},
                {"bf16", QStringLiteral("bf16")},
                {"fp16", QStringLiteral("fp16")}};
    if (key == "adam_states" || key == "text_storage")
        return {{"fp32", QStringLiteral("fp32")}, {"bf16", tr("bf16, rounded at random")}};
    if (key == "keep_best") {
        std::vector<Choice> list = {{"", tr("Nothing: the newest is the model")}};
        for (const auto& metric : bestMetrics()) {
            QString text = QString::fromStdString(metric).section(QLatin1Char('/'), 1);
            if (metric == "val/loss") text = tr("Validation loss");
            if (metric == "val/zero_shot_top1") text = tr("Zero-shot accuracy");
            text.replace(QLatin1String("image_to_text_R"), tr("Recall image-to-text "));
            text.replace(QLatin1String("text_to_image_R"), tr("Recall text-to-image "));
            list.push_back({metric, text});
        }
        return list;
    }
    return {};
}

QString OptionTexts::value(const std::string& key, const TrainOptions& options) {
    const nlohmann::json value = toJson(options).at(key);
    if (value.is_boolean()) return value.get<bool>() ? tr("yes") : tr("no");
    if (value.is_number_float()) return number(value.get<double>());
    if (value.is_number()) return formatCount(value.get<int64_t>());
    const auto text = value.get<std::string>();
    for (const Choice& choice : choices(key))
        if (choice.value == text) return choice.text;
    return QString::fromStdString(text);
}

QString OptionTexts::augmentation(const TrainOptions& options) {
    if (!options.augment) return tr("off");
    QStringList parts;
    if (options.cropScale < 1) parts << tr("crops from %1").arg(percent(options.cropScale));
    if (options.flip > 0) parts << tr("mirror images");
    if (options.colorJitter > 0) parts << tr("colour changes");
    if (options.grayscale > 0) parts << tr("without colour");
    if (options.blur > 0) parts << tr("blur");
    if (options.autoAugment != "none") parts << value("auto_augment", options);
    return parts.isEmpty() ? tr("off") : parts.join(QStringLiteral(", "));
}

QString OptionTexts::reading(const TrainOptions& options) {
    QStringList parts = {tr("captions %1").arg(formatWithin(value("captions", options)))};
    parts << (options.shuffleBuffer > 0 ? tr("read in order, buffer of %1").arg(formatCount(options.shuffleBuffer))
                                        : tr("read in any order"));
    return parts.join(QStringLiteral(", "));
}

QString OptionTexts::temperature(const TrainOptions& options) {
    QStringList parts = {options.fixTemperature ? tr("fixed") : tr("learned")};
    if (options.temperature > 0) parts << tr("starts at %1").arg(formatTemperature(options.temperature));
    if (!options.fixTemperature) parts << tr("at least %1").arg(number(options.minTemperature));
    if (options.distillWeight > 0) parts << tr("%1 from a teacher").arg(percent(options.distillWeight));
    if (!options.normalize) parts << tr("embeddings of any length");
    if (options.targetTemperature > 0) parts << tr("targets at %1").arg(number(options.targetTemperature));
    if (options.targetGradient) parts << tr("targets with a gradient");
    if (options.labelSmoothing > 0) parts << tr("label smoothing %1").arg(number(options.labelSmoothing));
    return parts.join(QStringLiteral(", "));
}

QString OptionTexts::optimizer(const TrainOptions& options) {
    QStringList parts = {QStringLiteral("AdamW"), formatWithin(value("lr_scheduler", options)),
                         tr("weight decay %1").arg(number(options.weightDecay))};
    if (options.imageLearningRate > 0 || options.textLearningRate > 0) parts << tr("a rate for each tower");
    if (options.headLearningRate > 0) parts << tr("heads at %1").arg(number(options.headLearningRate));
    if (options.layerDecay < 1) parts << tr("layer decay %1").arg(number(options.layerDecay));
    if (options.emaDecay > 0) parts << tr("moving average");
    return parts.join(QStringLiteral(", "));
}

QString OptionTexts::computing(const TrainOptions& options) {
    QStringList parts = {value("device", options)};
    if (options.precision != "auto") parts << QString::fromStdString(options.precision);
    if (options.microBatch > 0) parts << tr("micro-batches of %1").arg(formatCount(options.microBatch));
    parts << tr("seed %1").arg(options.seed);
    return parts.join(QStringLiteral(", "));
}

}  // namespace diagonal
