// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/memory_line.h"

#include <QStringList>
#include <algorithm>
#include <memory>

#include "engine/base/device.h"
#include "engine/checkpoint/presets.h"
#include "training/run/memory_estimate.h"
#include "ui/jobs/engine_service.h"
#include "ui/jobs/model_config.h"
#include "ui/style/layouts.h"
#include "ui/train/data_preview.h"
#include "ui/train/wizard_defaults.h"
#include "ui/train/wizard_page.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

/// Start, end, and about four tokens for three words.
double tokensOf(const DatasetSummary& summary) {
    const int words = medianWords(summary.captionLengths);
    return words > 0 ? 2 + words * 4.0 / 3 : 0;
}

QString partName(const std::string& key) {
    if (key == "weights") return MemoryLine::tr("weights");
    if (key == "moments") return MemoryLine::tr("optimizer");
    if (key == "average") return MemoryLine::tr("moving average");
    if (key == "gradients") return MemoryLine::tr("gradients");
    if (key == "weight_copies") return MemoryLine::tr("weights in half precision");
    if (key == "activations") return MemoryLine::tr("activations");
    if (key == "features") return MemoryLine::tr("features and loss");
    if (key == "pixels") return MemoryLine::tr("pictures of a batch and the next");
    if (key == "buckets") return MemoryLine::tr("sums of gradients");
    if (key == "estimates") return MemoryLine::tr("FastCLIP's estimates");
    if (key == "batches") return MemoryLine::tr("next batches");
    if (key == "validation") return MemoryLine::tr("validation pictures");
    if (key == "picture_cache") return MemoryLine::tr("decoded pictures");
    if (key == "feature_views") return MemoryLine::tr("features of the pictures");
    return MemoryLine::tr("the program");
}

}  // namespace

MemoryLine::MemoryLine(const WizardState& state, EngineService& engine, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_engine(engine),
      m_sum(makeWrapped({}, 13, 600)),
      m_parts(makeWrapped({}, 12, 400, &Tokens::text2)) {
    setLayout(makeColumn({m_sum, m_parts}, 8));
}

QString MemoryLine::text() const {
    return m_sum->text();
}

/// A preset is at hand; what lies on a disk is read by a task, and none where it cannot be read.
void MemoryLine::read(const std::string& model) {
    m_model = model;
    m_config.reset();
    if (isArchitecture(model)) {
        m_config = modelConfig(model);
        return;
    }
    auto config = std::make_shared<std::optional<ClipConfig>>();
    m_engine.runTask(&m_readOwner, {}, [config, model](const JobContext&) { *config = modelConfig(model); },
                     {[this, config, model] {
                          if (m_model != model) return;
                          m_config = *config;
                          refresh();
                      },
                      {},
                      {}});
}

void MemoryLine::refresh() {
    const TrainOptions& options = m_state.options;
    if (m_model != options.model) read(options.model);
    setVisible(m_config.has_value());
    if (!m_config) return;
    MemoryFacts facts;
    facts.model = *m_config;
    if (isArchitecture(options.model) && options.tokenizer != "clip" && options.textWeights.empty())
        facts.model.text.vocabularySize = options.vocabularySize;
    facts.onGpu = options.device.starts_with("cuda") || (options.device == "auto" && driverIsPresent());
    facts.half =
        options.precision == "bf16" || options.precision == "fp16" || (options.precision == "auto" && facts.onGpu);
    if (m_state.preview != nullptr) {
        facts.captionTokens = tokensOf(m_state.preview->summary);
        facts.trainImages = static_cast<int64_t>(trainingImages(m_state.preview->summary));
        facts.validationImages = facts.trainImages / 20;
        facts.augments = !options.trainData.starts_with("scenes:");
    }
    const MemoryEstimate estimate = estimateMemory(options, facts);
    const uint64_t needed = estimate.onDevice(), left = estimate.onGpu ? 0 : availableMemory();
    QString sum = tr("Memory: about %1").arg(formatBytes(static_cast<qint64>(needed)));
    if (estimate.onGpu) sum = tr("Memory of the GPU: about %1").arg(formatBytes(static_cast<qint64>(needed)));
    if (left > 0)
        sum += needed > left ? tr("; only %1 are free").arg(formatBytes(static_cast<qint64>(left)))
                             : tr("; %1 are free").arg(formatBytes(static_cast<qint64>(left)));
    m_sum->setText(sum);
    auto parts = estimate.parts;
    std::ranges::stable_sort(parts, std::ranges::greater(), &MemoryPart::bytes);
    QStringList list;
    for (const MemoryPart& part : parts)
        if (part.onDevice || !estimate.onGpu)
            list << tr("%1 %2").arg(partName(part.key), formatBytes(static_cast<qint64>(part.bytes)));
    m_parts->setText(list.join(QStringLiteral(", ")));
}

}  // namespace diagonal
