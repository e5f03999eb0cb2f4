// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <optional>
#include <string>

#include "engine/parts/config.h"

namespace diagonal {

class EngineService;
class TextLabel;
struct WizardState;

/// What a run would take of the memory with the options as they are, beside what there is: "Memory: about 3.1 GB;
/// 7.9 GB are free". Follows every change.
class MemoryLine : public QWidget {
    Q_OBJECT

  public:
    MemoryLine(const WizardState& state, EngineService& engine, QWidget* parent = nullptr);

    void refresh();
    QString text() const;

  private:
    void read(const std::string& model);

    const WizardState& m_state;
    EngineService& m_engine;
    QObject m_readOwner;
    TextLabel *m_sum, *m_parts;
    std::string m_model;  ///< that m_config is of, or will be once it is read
    std::optional<ClipConfig> m_config;
};

}  // namespace diagonal
