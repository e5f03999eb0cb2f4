// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <filesystem>
#include <map>
#include <optional>

#include "ui/train/architectures.h"
#include "ui/train/option_form.h"
#include "ui/train/wizard_page.h"

class QButtonGroup;
class QComboBox;
class QVBoxLayout;

namespace diagonal {

class Disclosure;
class EngineService;
class FormField;
class FormPage;
class SegmentedControl;
struct DatasetSummary;

/// From scratch with one of the architectures, or on from the open model.
class ModelPage : public WizardPage {
    Q_OBJECT

  public:
    ModelPage(WizardState& state, EngineService& engine, QWidget* parent = nullptr);

    QString stepName() const override { return tr("Model"); }
    QString stepSummary() const override;
    void load() override;
    bool check() override;
    void focusFirst() override;

  protected:
    void hideEvent(QHideEvent* event) override;

  private:
    void addChoice(const QString& name, const QString& facts, const QString& use, int id, QWidget* more = nullptr);
    QComboBox* makePublished();
    QString publishedName() const;
    void rebuild();
    bool isFineTune() const;
    bool isTwoTowers() const;
    const DatasetSummary* summary() const;
    void choose(int id);
    void lock(int towers);
    void dropWhatIsLocked();
    bool showWeights(FormField* field, const std::filesystem::path& path);
    bool showWeights();
    void lookForWeights();
    void look(const std::filesystem::path& path);
    void refresh();

    EngineService& m_engine;
    QObject m_lookOwner;
    QTimer m_wait;                                                   ///< for a pause in typing
    std::map<std::filesystem::path, std::optional<bool>> m_isThere;  ///< of weights; none: they are looked for
    bool m_isAwaited = false;  ///< the next page was asked for before they were found
    OptionForm m_form;
    std::vector<ArchitectureChoice> m_choices;
    FormPage* m_page;
    QButtonGroup* m_group;
    QVBoxLayout* m_list;
    QComboBox* m_published = nullptr;
    SegmentedControl* m_towers;
    FormField *m_tokenizer, *m_vocabulary, *m_towersField, *m_dropout, *m_stages, *m_rank, *m_targets;
    FormField *m_imageWeights, *m_textWeights, *m_lockImage, *m_lockText;
    Disclosure* m_advanced;
};

}  // namespace diagonal
