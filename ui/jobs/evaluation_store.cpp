// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/evaluation_store.h"

#include <QStandardPaths>
#include <cstring>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "engine/base/error.h"
#include "engine/hub/sha256.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kHead = "diagonal evaluation 1\n";
constexpr size_t kHashBytes = 32;

// Each struct is visited once, for writing and for reading: archive("name", member).

template <typename Archive>
void visit(Archive& archive, Interval& one) {
    archive("low", one.low)("high", one.high);
}

template <typename Archive>
void visit(Archive& archive, Metric& one) {
    archive("name", one.name)("value", one.value)("ci95", one.ci95)("draws", one.draws)("lower", one.lowerIsBetter);
}

template <typename Archive>
void visit(Archive& archive, Calibration& one) {
    archive("temperature", one.temperature)("fitted", one.fittedTemperature)("on", one.fittedOn)(
        "pictures", one.pictures)("ece", one.ece)("fitted_ece", one.fittedEce)("loss", one.logLoss)(
        "fitted_loss", one.fittedLogLoss)("bins", one.bins)("fitted_bins", one.fittedBins);
}

template <typename Archive>
void visit(Archive& archive, FewShotPoint& one) {
    archive("shots", one.shots)("mean", one.mean)("deviation", one.deviation)("c", one.c)("accuracies", one.accuracies)(
        "short", one.shortClasses);
}

template <typename Archive>
void visit(Archive& archive, FewShotCurve& one) {
    archive("points", one.points)("zero_shot", one.zeroShot)("worth", one.shotsWorth);
}

template <typename Archive>
void visit(Archive& archive, TemplateChoice& one) {
    archive("in_order", one.inOrder)("greedy", one.greedy)("templates", one.templates)("on", one.chosenOn);
}

template <typename Archive>
void visit(Archive& archive, WordOrderExample& one) {
    archive("picture", one.picture)("caption", one.caption)("swapped", one.swapped)("cosine", one.cosine)(
        "swapped_cosine", one.swappedCosine);
}

template <typename Archive>
void visit(Archive& archive, WordOrder& one) {
    archive("nouns", one.nounPairs)("adjectives", one.adjectivePairs)("examples", one.examples);
}

template <typename Archive>
void visit(Archive& archive, Answers& one) {
    archive("classes", one.classes)("truth", one.truth)("predicted", one.predicted)("top5", one.isInTop5)(
        "confidence", one.confidence)("own", one.ownProbability)("surprise", one.ownSurprise);
}

template <typename Archive>
void visit(Archive& archive, RetrievalRanks& one) {
    archive("image_to_text", one.imageToText)("text_to_image", one.textToImage);
}

template <typename Archive>
void visit(Archive& archive, TaskResult& one) {
    archive("task", one.task)("prompts", one.prompts)("variant", one.variant)("items", one.items)(
        "metrics", one.metrics)("notes", one.notes)("pictures", one.pictures)("answers", one.answers)(
        "ranks", one.ranks)("calibration", one.calibration)("c", one.c)("tried", one.tried)("few_shot", one.fewShot)(
        "templates", one.templates)("suspected", one.suspected)("word_order", one.wordOrder);
}

template <typename Archive>
void visit(Archive& archive, FailedTask& one) {
    archive("task", one.task)("prompts", one.prompts)("reason", one.reason)("subject", one.subject)(
        "problem", one.problem)("remedy", one.remedy);
}

template <typename Archive>
void visit(Archive& archive, FileFailure& one) {
    archive("path", one.path)("reason", one.reason);
}

template <typename Archive>
void visit(Archive& archive, ModelEvaluation& one) {
    archive("model", one.model)("name", one.name)("architecture", one.architecture)("path", one.path)(
        "identity", one.identity)("device", one.device)("precision", one.precision)("temperature", one.temperature)(
        "error", one.error)("results", one.results)("failed", one.failed)("unreadable", one.unreadable)(
        "pictures", one.pictures)("not_finite", one.notFinite)("known", one.known)("truncated", one.truncated)(
        "seconds", one.seconds);
}

template <typename Archive>
void visit(Archive& archive, EvaluationReport& one) {
    archive("dataset", one.dataset)("language", one.language)("classes", one.classes)("pictures", one.pictures)(
        "draws", one.draws)("seed", one.seed)("notes", one.notes)("models", one.models);
}

template <typename Archive>
void visit(Archive& archive, PromptSet& one) {
    archive("name", one.name)("templates", one.templates);
}

template <typename Archive>
void visit(Archive& archive, EvaluationOptions& one) {
    archive("tasks", one.tasks)("neighbours", one.neighbours)("shots", one.shots)("seeds", one.fewShotSeeds)(
        "from_texts", one.startFromTexts)("severity", one.severity)("draws", one.draws)("seed", one.seed);
}

template <typename Archive>
void visit(Archive& archive, EvaluationPlan& one) {
    archive("labelled", one.labelled)("captioned", one.captioned)("training", one.training)("limit", one.limit)(
        "options", one.options);
}

template <typename Archive>
void visit(Archive& archive, StoredEvaluation::Done& one) {
    archive("prompts", one.prompts)("plan", one.plan)("kept", one.keptTemperature);
}

template <typename Archive>
void visit(Archive& archive, StoredEvaluation& one) {
    archive("report", one.report)("done", one.done)("files", one.files)("data_names", one.dataNames)(
        "data_key", one.dataKey)("made", one.made);
}

/// Numbers, and structs of nothing but numbers.
template <typename T>
constexpr bool kIsPlain = std::is_trivially_copyable_v<T> && !std::is_same_v<T, bool>;

template <typename T>
Json toJson(const T& value);

class JsonWriter {
  public:
    template <typename T>
    JsonWriter& operator()(const char* name, const T& value) {
        m_json[name] = toJson(value);
        return *this;
    }
    Json take() { return std::move(m_json); }

  private:
    Json m_json = Json::object();
};

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// A vector of numbers is a block of bytes.
template <typename T>
constexpr bool isBlock() {
    if constexpr (IsVector<T>())
        return kIsPlain<typename T::value_type>;
    else
        return false;
}

template <typename T>
constexpr bool kIsList = IsVector<T>() || std::is_same_v<T, QStringList> || std::is_same_v<T, std::set<EvaluationTask>>;

using SharedReport = std::shared_ptr<const EvaluationReport>;  ///< not null

template <typename T>
Json toJson(const T& value) {
    if constexpr (std::is_enum_v<T>) {
        return static_cast<int>(value);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
        return value;
    } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
        return value.native();
    } else if constexpr (std::is_same_v<T, QString>) {
        return toPath(value).native();  // names of files as the system has them
    } else if constexpr (std::is_same_v<T, QDateTime>) {
        return static_cast<int64_t>(value.toMSecsSinceEpoch());
    } else if constexpr (std::is_same_v<T, SharedReport>) {
        return toJson(*value);
    } else if constexpr (IsOptional<T>()) {
        return value ? toJson(*value) : Json();
    } else if constexpr (isBlock<T>()) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(value.data());
        return Json::binary({bytes, bytes + value.size() * sizeof(value[0])});
    } else if constexpr (kIsList<T>) {
        Json list = Json::array();
        for (const auto& one : value)
            list.push_back(toJson(one));
        return list;
    } else {
        JsonWriter writer;
        visit(writer, const_cast<T&>(value));  // only read
        return writer.take();
    }
}

template <typename T>
void fromJson(const Json& json, T& value);

class JsonReader {
  public:
    explicit JsonReader(const Json& json) : m_json(json) {}

    template <typename T>
    JsonReader& operator()(const char* name, T& value) {
        fromJson(m_json.at(name), value);
        return *this;
    }

  private:
    const Json& m_json;
};

template <typename T>
void fromJson(const Json& json, T& value) {
    if constexpr (std::is_enum_v<T>) {
        value = static_cast<T>(json.get<int>());
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
        value = json.get<T>();
    } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
        value = json.get<std::string>();
    } else if constexpr (std::is_same_v<T, QString>) {
        value = fromPath(json.get<std::string>());
    } else if constexpr (std::is_same_v<T, QDateTime>) {
        value = QDateTime::fromMSecsSinceEpoch(json.get<int64_t>());
    } else if constexpr (std::is_same_v<T, SharedReport>) {
        const auto made = std::make_shared<EvaluationReport>();
        fromJson(json, *made);
        value = made;
    } else if constexpr (IsOptional<T>()) {
        value.reset();
        if (!json.is_null()) fromJson(json, value.emplace());
    } else if constexpr (isBlock<T>()) {
        const auto& bytes = json.get_binary();
        value.resize(bytes.size() / sizeof(value[0]));
        if (!value.empty()) std::memcpy(value.data(), bytes.data(), value.size() * sizeof(value[0]));
    } else if constexpr (kIsList<T>) {
        value.clear();
        for (const Json& one : json) {
            if constexpr (IsVector<T>()) {
                fromJson(one, value.emplace_back());
            } else {
                typename T::value_type made{};
                fromJson(one, made);
                value.insert(value.end(), made);
            }
        }
    } else {
        JsonReader reader(json);
        visit(reader, value);
    }
}

std::array<uint8_t, kHashBytes> hashOf(std::string_view bytes) {
    Sha256 hash;
    hash.add(bytes.data(), bytes.size());
    return hash.bytes();
}

}  // namespace

QString evaluationStoreFile() {
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) +
           QStringLiteral("/evaluation.diagonal");
}

std::string packEvaluation(const StoredEvaluation& stored) {
    std::string content;
    Json::to_cbor(toJson(stored), content);
    const auto hash = hashOf(content);
    return std::string(kHead) + std::string(hash.begin(), hash.end()) + content;
}

StoredEvaluation unpackEvaluation(const std::string& bytes) {
    const Error damaged("evaluation.diagonal", "the evaluation that was kept is damaged", "Evaluate again");
    if (!bytes.starts_with(kHead.substr(0, kHead.find('1'))) || bytes.size() < kHead.size() + kHashBytes) throw damaged;
    if (!bytes.starts_with(kHead))
        throw Error("evaluation.diagonal", "another version of Diagonal kept this evaluation", "Evaluate again");
    const std::string_view content = std::string_view(bytes).substr(kHead.size() + kHashBytes);
    const auto hash = hashOf(content);
    if (std::memcmp(hash.data(), bytes.data() + kHead.size(), kHashBytes) != 0) throw damaged;
    StoredEvaluation stored;
    try {
        fromJson(Json::from_cbor(content), stored);
    } catch (const Json::exception&) {
        throw damaged;
    }
    if (stored.done.size() != stored.report->models.size()) throw damaged;
    return stored;
}

}  // namespace diagonal
