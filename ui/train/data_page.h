// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <memory>

#include "ui/jobs/engine_service.h"
#include "ui/train/data_preview.h"
#include "ui/train/option_form.h"
#include "ui/train/wizard_page.h"

class QComboBox;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace diagonal {

class AugmentationSection;
class DataPanel;
class Disclosure;
class FormField;
class SampleGrid;
class SplitBar;
class TextLabel;

/// What the model learns from: a path or generated scenes, looked at in the background while the person reads.
class DataPage : public WizardPage {
    Q_OBJECT

  public:
    DataPage(WizardState& state, EngineService& engine, QWidget* parent = nullptr);

    QString stepName() const override { return tr("Data"); }
    QString stepSummary() const override;
    void load() override;
    bool check() override;
    QWidget* sidePanel() override;
    void focusFirst() override;
    /// A path dropped or given.
    void setSpec(const QString& spec);
    bool isLooking() const { return m_looking; }
    /// Nobody waits for what is being looked at.
    void stop();

  Q_SIGNALS:
    /// The data was opened and counted; the state's preview is another.
    void previewed();

  private:
    QWidget* makePathRow();
    QWidget* makeOptionsRow();
    QWidget* makeSampleHeader();
    void lookSoon();
    void choose();
    void take();
    void look();
    void forget();
    void checkImages();
    void showPreview(std::shared_ptr<const DataPreview> preview);
    void fail(const JobError& error);
    void showStatus(const QString& kind, const QString& text, bool isError);
    void paintMark();
    void fillColumns();

    EngineService& m_engine;
    OptionForm m_templates, m_order;
    QObject m_lookOwner, m_checkOwner;
    QTimer m_delay;
    std::shared_ptr<const DataPreview> m_preview;
    bool m_looking = false, m_loading = false, m_isWrong = false;
    QString m_problem;
    int m_round = 0;
    std::string m_lookedAt;  ///< the data that the preview, or the look that goes on, is of
    JobId m_lookJob = 0, m_checkJob = 0;

    QLineEdit* m_path;
    QPushButton* m_useScenes;
    TextLabel *m_mark, *m_kind, *m_status, *m_sampleNote;
    QWidget *m_sceneOptions, *m_columnOptions;
    QSpinBox *m_count, *m_seed;
    QComboBox *m_imageColumn, *m_captionColumn;
    FormField* m_templatesField;
    AugmentationSection* m_augmentation;
    Disclosure* m_reading;
    SplitBar* m_splits;
    SampleGrid* m_samples;
    DataPanel* m_panel;
};

/// "40,455 captions, median 10 words …" of the data, and what is worth a look in it.
class DataPanel : public QWidget {
    Q_OBJECT

  public:
    explicit DataPanel(QWidget* parent = nullptr);
    void clear();
    void showSummary(const DatasetSummary& summary, bool imagesChecked);
    void setNote(const QString& note);

  private:
    struct Impl;
    Impl* m_impl;
};

}  // namespace diagonal
