// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>
#include <memory>

#include "ui/jobs/types.h"
#include "ui/label/sort_job.h"

class QGridLayout;
class QLineEdit;
class QPushButton;

namespace diagonal {

class SegmentedControl;
class Services;
class SortPreview;
class TextLabel;

/// Where the pictures of a list go, with a preview of what would be done. Touches nothing itself.
class SortDialog : public QDialog {
    Q_OBJECT

  public:
    /// shown: the images that the person sees at the moment, which are sorted unless all are asked for. usualFolder:
    /// the destination where none was used before.
    SortDialog(Services& services, const ImageList& images, std::vector<quint64> shown, const QString& usualFolder,
               QWidget* parent = nullptr);

    ~SortDialog() override;

    void setDestination(const QString& folder);
    SegmentedControl& which() { return *m_which; }
    SegmentedControl& mode() { return *m_mode; }
    SegmentedControl& unsure() { return *m_unsure; }
    SegmentedControl& others() { return *m_others; }
    SortPreview& preview() { return *m_preview; }
    QPushButton& sortButton() { return *m_sort; }
    QString errorText() const;
    bool isLooking() const { return m_job != 0 || m_wait.isActive(); }

  Q_SIGNALS:
    void sortRequested(const diagonal::SortJob& job);

  private:
    /// row: what stands there; control: the part of it that has the name, where it is not all of it.
    void addRow(QGridLayout* grid, TextLabel* label, QWidget* row, QWidget* control = nullptr);
    /// The images that the person chose.
    const std::vector<quint64>& ids() const;
    void showCounts();
    SortChoices choices() const;
    void chooseFolder();
    void change();
    void stopLooking();
    void look();
    void showError(const QString& text);
    void showButton(int count);
    void requestSort();

    Services& m_services;
    const ImageList& m_images;
    std::vector<quint64> m_shownIds, m_allIds;
    QLineEdit* m_destination;
    TextLabel* m_error;
    SegmentedControl* m_which;
    SegmentedControl* m_mode;
    TextLabel* m_unsureLabel;
    SegmentedControl* m_unsure;
    TextLabel* m_othersLabel;
    SegmentedControl* m_others;
    SortPreview* m_preview;
    QPushButton* m_sort;
    QTimer m_wait;
    JobId m_job = 0;
    quint64 m_run = 0;
    std::shared_ptr<SortJob> m_shown;  ///< what the preview is of
};

}  // namespace diagonal
