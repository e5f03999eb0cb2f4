// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QTimer>
#include <filesystem>
#include <optional>
#include <vector>

#include "ui/item_models/comparison_model.h"
#include "ui/jobs/engine_service.h"

namespace diagonal {

class LabelSession;

/// What the pictures of the Label pane are compared with: the right side.
struct CompareChoice {
    enum class Kind { Nothing, Prompt, Model };
    Kind kind = Kind::Nothing;
    QString name;           ///< for people
    QStringList templates;  ///< Prompt: each with its "{}"; empty: labels as written
    QString modelPath;      ///< Model

    bool operator==(const CompareChoice&) const = default;
};

/// Compares what the Label pane says of its pictures with what another prompt or another model says, and keeps that up
/// to date while labels, prompt, temperature and model change. UI thread only.
class CompareSession : public QObject {
    Q_OBJECT

  public:
    CompareSession(EngineService& engine, LabelSession& labels, QObject* parent = nullptr);

    /// Whether the comparison is seen: nothing is computed else, and no second model takes memory.
    void setActive(bool active);
    bool isActive() const { return m_active; }
    void choose(const CompareChoice& choice);
    const CompareChoice& choice() const { return m_choice; }

    ComparisonModel& pictures() { return m_pictures; }
    const ImageList& images() const { return m_pictures.images(); }
    std::vector<LabelScore> leftRanking(int row) const;
    /// Empty while it is to come.
    std::vector<LabelScore> rightRanking(int row) const;

    bool isOpening() const { return m_openJob != 0; }
    bool isEmbedding() const { return m_imageJob != 0; }
    bool isPaused() const { return m_paused; }  ///< the person cancelled
    const ModelInfo* secondModel() const { return m_second && !isOpening() ? &*m_second : nullptr; }
    qint64 secondBytes() const { return m_secondBytes; }
    /// Why nothing can be compared, for the person; empty when all is well.
    const QString& problem() const { return m_problem; }
    void cancel();
    void resume();

    /// `image,agree,distance,label_a,probability_a,label_b,probability_b,error`, disagreements first, on a worker.
    void exportCsv(const QString& file);

  Q_SIGNALS:
    void changed();
    void failed(const diagonal::JobError& error);
    /// What was chosen last cannot be opened: the one before is compared with as before.
    void choiceRestored(const diagonal::CompareChoice& choice);
    void exported(const QString& file, int images);

  private:
    /// The labels of the right side, and what they are made with: those of another key are worthless.
    struct TextKey {
        QStringList labels, templates;
        quint64 model = 0;
        bool operator==(const TextKey&) const = default;
    };

    bool usesSecond() const { return m_choice.kind == CompareChoice::Kind::Model; }
    TextKey textKey() const;
    void openModel();
    void stopJobs(bool keepsModel = false);
    void update();
    void embedLabels();
    void embedImages();
    void markRows(int first, int last);
    void markAll() { markRows(0, m_pictures.count() - 1); }
    void compareSlice();
    Comparison compared(int row) const;

    EngineService& m_engine;
    LabelSession& m_labels;
    CompareChoice m_choice;
    ComparisonModel m_pictures;
    bool m_active = false, m_paused = false;
    QString m_problem;

    std::optional<ModelInfo> m_second;  ///< stays until the next one is open
    CompareChoice m_secondChoice;       ///< that opened it
    qint64 m_secondBytes = 0;
    QHash<quint64, ImageEmbedding> m_embeddings;  ///< of a second model, by image
    std::filesystem::path m_embeddedWith;         ///< that model: they stay while it is closed
    JobId m_openJob = 0, m_imageJob = 0;
    quint64 m_run = 0;  ///< answers to earlier requests for images are dropped

    Embeddings m_texts;
    std::optional<TextKey> m_textsOf, m_asked;
    quint64 m_model = 0;  ///< counts the models that the right side used

    int m_next = 0;  ///< no row before this one is due
    QTimer m_timer, m_updateTimer;
};

/// The prompt of the left side: templates with their "{}", none where labels are used as written.
QStringList leftTemplates(const LabelSession& session);

}  // namespace diagonal
