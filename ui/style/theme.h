// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QHash>
#include <QIcon>
#include <QObject>
#include <QPixmap>
#include <QStringList>

class QApplication;
class QLocale;

namespace diagonal {

/// The colour tokens of the style guide. Names are the guide's.
struct Tokens {
    QColor window, surface, sunken, canvas, raised, border, outline, hover, pressed, track;
    QColor text, text2, text3, disabled;
    QColor accent, accentHover, accentPressed, accentSoft, onAccent;
    QColor bar, warn, warnSoft, warnLine, error, errorSoft;
    QColor imageToText, textToImage, fourth, gridLine;
};

/// One of the tokens, whatever the scheme is: `&Tokens::text2`.
using ColourRole = QColor Tokens::*;

enum class ColourScheme { System, Light, Dark };

/// The look of the whole program: palette, style, fonts, icons. UI thread only.
class Theme : public QObject {
    Q_OBJECT

  public:
    static Theme& instance();
    static const Tokens& lightTokens();
    static const Tokens& darkTokens();

    /// Installs style, palette and font, and follows the system's scheme live while the choice is System.
    void install(QApplication& application);
    void setScheme(ColourScheme scheme);
    ColourScheme scheme() const { return m_scheme; }
    bool isDark() const { return m_dark; }
    const Tokens& tokens() const { return m_dark ? darkTokens() : lightTokens(); }
    /// False where the platform turns animation off.
    bool animates() const;

    /// Font in the guide's pixel size (11, 12, 13, 15, 16, 17, 20, 24 at the default system size; scales with it) and
    /// weight 400, 500 or 600.
    QFont font(int size, int weight = 400) const;
    /// Families for what the text's family lacks, best first. Left alone, Qt takes any font that has the characters,
    /// and those that China, Taiwan, Hong Kong, Japan and Korea share look otherwise in each: Simplified Chinese has
    /// its commas and full stops at the lower left, Traditional in the middle.
    static QStringList eastAsianFamilies(const QLocale& locale);
    /// The guide's length in this screen's logical pixels, scaled with the text.
    int px(int length) const;

    /// Makes text and controls so many times as large as the guide says; the system's choice at first.
    void setScale(qreal scale);

    /// resources/icons/NAME.svg ("ui/folder", "label") in one colour; sharp at every pixel ratio.
    QPixmap pixmap(const QString& name, int size, const QColor& colour, qreal pixelRatio) const;
    /// The icon in text2 with disabled and, when checked, accent variants; retaken by widgets on changed().
    QIcon icon(const QString& name, int size = 16) const;
    /// app.svg, or app-small.svg below 48 px, in its own colours.
    QIcon applicationIcon() const;

  Q_SIGNALS:
    /// Colours, fonts or icons have to be taken anew.
    void changed();

  private:
    Theme() = default;
    void apply();
    bool eventFilter(QObject* watched, QEvent* event) override;

    ColourScheme m_scheme = ColourScheme::System;
    bool m_dark = false;
    bool m_applying = false;
    bool m_systemDark = false;
    qreal m_scale = 1;
    QStringList m_families;
    QApplication* m_application = nullptr;
    mutable QHash<QString, QPixmap> m_pixmaps;
};

/// The colour that a role has now.
inline const QColor& colour(ColourRole role) {
    return Theme::instance().tokens().*role;
}
inline int px(int length) {
    return Theme::instance().px(length);
}
/// Runs `take` now and whenever colours and fonts change, as long as context lives.
template <typename Function>
void followTheme(QObject* context, Function take) {
    take();
    QObject::connect(&Theme::instance(), &Theme::changed, context, take);
}

}  // namespace diagonal
