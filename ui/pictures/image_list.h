// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSet>
#include <QSize>
#include <QTimer>
#include <memory>
#include <vector>

#include "engine/inference/session.h"
#include "ui/pictures/label_scoring.h"

namespace diagonal {

/// What is said of an image, by chips, filters, counts, tables, groups, sorts and comparisons alike.
enum class Verdict { Waiting, Sure, Unsure, None, Failed };

/// One image, its embedding, and its scores for the labels it was last scored with.
struct ImageItem {
    quint64 id = 0;     ///< higher than those of all images before it in the list
    quint64 model = 0;  ///< which model the embedding is of; 0: nothing to embed
    QString path, name;
    QSize size;                                         ///< of the file; empty until it was read
    QString error;                                      ///< why it could not be read: "the file is empty"
    std::vector<float> embedding;                       ///< unit length; empty: none yet
    std::shared_ptr<const std::vector<float>> cosines;  ///< one a label; shared with what writes them
    QString label;                                      ///< the best
    bool assigned = false;                              ///< false: the best is a negative label, or below its threshold
    TopLabel top;
    bool waiting = true;      ///< its embedding is still to come (or to come anew, from another model)
    bool stale = true;        ///< the scores belong to earlier labels
    bool familiar = true;     ///< false: unlike anything the model says it knows
    quint64 cosinesWith = 0;  ///< which of the list's labels the cosines are of
    quint64 scoredWith = 0;   ///< which of its labels and scorings the rest is of

    bool isFailed() const { return !error.isEmpty(); }
    bool hasScores() const { return top.best >= 0; }
    /// Scores of earlier labels or of another model may be seen, but count nowhere: the image waits.
    Verdict verdict() const;
    /// By the scores that are seen.
    Verdict lastVerdict() const;
    /// The label that it is given, by the scores that are seen; empty: none.
    QString givenLabel() const { return assigned && !isFailed() ? label : QString(); }
};

enum class ImageFilter { All, Sure, Unsure, Failed, None };
/// By its last verdict: what is shown stays until there is another.
bool passes(const ImageItem& image, ImageFilter filter);

struct ImageCounts {
    int all = 0, sure = 0, unsure = 0, none = 0, failed = 0;  ///< by verdict
    int waiting = 0, unfamiliar = 0;                          ///< by embedding
};

/// Images with their scores, in the order they were added. Rescoring uses the embeddings that are kept; lists too long
/// for one go are done in slices between events. What is taken out or put back costs one pass, wherever it stood. UI
/// thread only.
class ImageList : public QObject {
    Q_OBJECT

  public:
    explicit ImageList(QObject* parent = nullptr);

    int rowCount() const { return static_cast<int>(m_items.size()); }
    const ImageItem& item(int row) const { return m_items[static_cast<size_t>(row)]; }
    int rowOf(quint64 id) const;  ///< -1: gone
    bool contains(const QString& path) const { return m_paths.contains(path); }

    /// New rows at the end. Returns how many were new: a path stands in the list once.
    int append(const QStringList& paths);
    void appendFailed(const std::vector<std::pair<QString, QString>>& pathsAndReasons);
    /// Takes rows out, in the order of the list; restore() puts them back where they were.
    std::vector<ImageItem> take(const QList<int>& rows);
    void restore(std::vector<ImageItem> items);

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
    const ImageCounts& counts() const { return m_counts; }
    /// How many images are given each of labels(), and last how many are given none.
    const std::vector<int>& givenCounts() const { return m_givenCounts; }

  Q_SIGNALS:
    void appended(int first, int last);
    /// Rows are about to go; by row, whether it is one of them.
    void leaving(const std::vector<bool>& isLeaving);
    /// Rows went or came back: where each stands that stood before; -1: gone.
    void rearranged(const std::vector<int>& places);
    void changed(int first, int last);
    void scoresChanged();

  private:
    void score(ImageItem& item);
    void rescore();
    void rescoreSlice();
    void count(const ImageItem& item, int by);
    void countAll();
    void change(int first, int last);

    std::vector<ImageItem> m_items;
    QSet<QString> m_paths;
    QStringList m_labels;
    Embeddings m_embeddings;
    std::vector<Label> m_parsed;
    Scoring m_scoring;
    ImageCounts m_counts;
    std::vector<int> m_givenCounts = {0};
    quint64 m_nextId = 1;
    quint64 m_model = 1;
    quint64 m_labelsNumber = 1, m_scoringNumber = 1;  ///< of the present labels, and of labels and scoring
    size_t m_next = 0;                                ///< all before it are scored
    bool m_labelsPending = false;
    QTimer m_timer, m_staleTimer;
};

}  // namespace diagonal

Q_DECLARE_METATYPE(const diagonal::ImageItem*)
