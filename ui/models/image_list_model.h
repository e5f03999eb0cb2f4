// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <QSize>
#include <QTimer>
#include <vector>

#include "engine/inference/session.h"
#include "ui/models/label_scoring.h"

namespace diagonal {

/// One image, its embedding, and its scores for the labels it was last scored with.
struct ImageItem {
    quint64 id = 0;
    quint64 model = 0;  ///< which model the embedding is of; 0: nothing to embed
    QString path, name;
    QSize size;                    ///< of the file; empty until it was read
    QString error;                 ///< why it could not be read: "the file is empty"
    std::vector<float> embedding;  ///< unit length; empty: none yet
    std::vector<float> cosines;    ///< one a label
    QString label;                 ///< the best
    bool assigned = false;         ///< false: the best is a negative label, or below its threshold
    TopLabel top;
    bool waiting = true;   ///< its embedding is still to come (or to come anew, from another model)
    bool stale = true;     ///< the scores belong to earlier labels
    bool familiar = true;  ///< false: unlike anything the model says it knows

    bool isFailed() const { return !error.isEmpty(); }
    bool hasScores() const { return top.best >= 0; }
};

struct ImageCounts {
    int all = 0, sure = 0, unsure = 0, failed = 0, waiting = 0, unfamiliar = 0;
};

/// Images with their scores. Rescoring uses the embeddings that are kept; lists too long for one go are done in slices
/// between events. UI thread only.
class ImageListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { ItemRole = Qt::UserRole, PathRole, LabelRole, ProbabilityRole, CosineRole, SureRole, ErrorRole };

    explicit ImageListModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    const ImageItem& item(int row) const { return m_items[static_cast<size_t>(row)]; }
    int rowOf(quint64 id) const;  ///< -1: gone
    bool contains(const QString& path) const { return m_paths.contains(path); }

    /// New rows at the end. Returns how many were new: a path stands in the list once.
    int append(const QStringList& paths);
    void appendFailed(const std::vector<std::pair<QString, QString>>& pathsAndReasons);
    /// Takes rows out (ascending order); restore() puts them back where they were.
    std::vector<std::pair<int, ImageItem>> take(QList<int> rows);
    void restore(std::vector<std::pair<int, ImageItem>> items);

    /// The file of a row was moved. Of a row that is gone nothing is done.
    void relocate(quint64 id, const QString& path);

    /// Files whose embedding is to come, in order.
    std::vector<std::pair<quint64, QString>> waiting() const;
    void setEmbeddings(const std::vector<std::pair<quint64, ImageEmbedding>>& results);
    /// Another model: every embedding is to come anew; old scores stay to be seen.
    void invalidateEmbeddings();

    /// The labels changed; their embeddings are on the way.
    void invalidateScores();
    /// Lines that parseLabel reads, and the embeddings of their texts.
    void setLabels(const QStringList& lines, Embeddings embeddings);
    /// Their names, "cat | kitten".
    const QStringList& labels() const { return m_labels; }
    const std::vector<Label>& parsedLabels() const { return m_parsed; }
    void setTemperature(double temperature);
    double temperature() const { return m_scoring.temperature; }
    /// bias: the model's, for Score::Sigmoid.
    void setScore(Score score, double bias);
    const Scoring& scoring() const { return m_scoring; }
    /// Everything is scored with the present labels and temperature.
    bool isScored() const { return m_next >= m_items.size(); }

    std::vector<LabelScore> ranking(int row) const;
    ImageCounts counts() const;
    /// How many images are given each of labels(); beside a negative one, how many fit it best.
    std::vector<int> topCounts() const;

  Q_SIGNALS:
    void scoresChanged();

  private:
    void score(ImageItem& item, bool cosinesToo) const;
    void rescore(bool cosinesToo);
    void rescoreSlice();
    void rebuildRows(size_t from = 0);
    void change(int first, int last);

    std::vector<ImageItem> m_items;
    QHash<quint64, int> m_rows;
    QHash<QString, quint64> m_paths;
    QStringList m_labels;
    Embeddings m_embeddings;
    std::vector<Label> m_parsed;
    Scoring m_scoring;
    quint64 m_nextId = 1;
    quint64 m_model = 1;
    size_t m_next = 0;
    bool m_cosinesToo = false;
    bool m_labelsPending = false;
    QTimer m_timer;
};

}  // namespace diagonal

Q_DECLARE_METATYPE(const diagonal::ImageItem*)
