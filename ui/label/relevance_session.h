// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QObject>
#include <QStringList>
#include <optional>

#include "engine/inference/relevance.h"
#include "ui/jobs/engine_service.h"

namespace diagonal {

class LabelSession;
struct ImageItem;

/// Which parts of the selected picture speak for a label: asks for the map where it is wanted, keeps the last few. UI
/// thread only.
class RelevanceSession : public QObject {
    Q_OBJECT

  public:
    RelevanceSession(EngineService& engine, LabelSession& labels, QObject* parent = nullptr);

    bool isOn() const { return m_on; }
    void setOn(bool on);
    /// Row of the list of images; -1: none.
    void setImage(int row);
    /// Whose map is wanted; empty: each picture's best label.
    void setChosenLabel(const QString& label);
    const QString& chosenLabel() const { return m_chosen; }
    /// Whose map that is: the chosen label, else the best. Empty: not known yet.
    QString label() const;
    /// The best label of the picture, where it has scores.
    QString bestLabel() const;

    const RelevanceMap* map() const { return m_map ? &*m_map : nullptr; }
    bool isWaiting() const { return m_job != 0; }
    /// Why there is nothing to see, in words; else empty.
    QString status() const;

  Q_SIGNALS:
    void changed();

  private:
    const ImageItem* image() const;
    void update();
    void show(const QStringList& key);
    void clear();

    EngineService& m_engine;
    LabelSession& m_labels;
    bool m_on = false;
    quint64 m_image = 0;
    QString m_chosen;
    QStringList m_key;  ///< of what is shown or on its way: path, label, template
    std::optional<RelevanceMap> m_map;
    QString m_error;
    JobId m_job = 0;
    QCache<QStringList, RelevanceMap> m_kept;
};

}  // namespace diagonal
