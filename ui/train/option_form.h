// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "training/run/options.h"

namespace diagonal {

class FormField;

/// Inputs that stand for options of a run, by their keys of config.json. Ranges are those of the command line; what
/// is wrong stands under the field and does not reach the options.
class OptionForm : public QObject {
    Q_OBJECT

  public:
    explicit OptionForm(TrainOptions& options, QObject* parent = nullptr);

    // Labels and choices are those of OptionTexts.

    /// A number as text: "5e-4". With a word for 0, that word stands in the empty field.
    FormField* addNumber(const char* key, const QString& hint, const QString& zero = {});
    /// A whole number; zero: what 0 is called.
    FormField* addCount(const char* key, const QString& hint, const QString& zero = {}, int step = 1);
    FormField* addText(const char* key, const QString& hint, const QString& placeholder = {});
    /// Where a file or a folder lies, with a button that looks for one; title: of its dialog.
    FormField* addPath(const char* key, const QString& hint, const QString& title, bool isFolder);
    /// A box to check; the label stands beside it.
    FormField* addSwitch(const char* key, const QString& hint);
    /// A few choices, all in sight.
    FormField* addSegments(const char* key, const QString& hint);
    /// Many choices, in a list.
    FormField* addList(const char* key, const QString& hint);

    /// Takes what the options hold into the inputs.
    void load();
    /// False while an input holds what its option cannot take.
    bool isGood() const;

  Q_SIGNALS:
    void edited();  ///< the person changed something; the options hold it where it is right

  private:
    struct Entry {
        std::string key;
        FormField* field;
        std::function<nlohmann::json()> read;  ///< null: no number
        std::function<void(const nlohmann::json&)> show;
    };

    FormField* add(const char* key, FormField* field, std::function<nlohmann::json()> read,
                   std::function<void(const nlohmann::json&)> show);
    void changed(const std::string& key);

    TrainOptions& m_options;
    std::vector<Entry> m_entries;
    bool m_loading = false;
};

}  // namespace diagonal
