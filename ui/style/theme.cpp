// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/theme.h"

#include <QApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QLocale>
#include <QPalette>
#include <QScopedValueRollback>
#include <QScreen>
#include <QStyle>
#include <QToolTip>
#include <utility>

#include "ui/style/rescale.h"
#include "ui/style/style.h"

namespace diagonal {

namespace {

QString textFamily() {
    for (const QString& family : {QStringLiteral("Inter"), QStringLiteral("Noto Sans")})
        if (QFontDatabase::hasFamily(family)) return family;
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

/// How much larger than usual the person has set the system's text. Usual system fonts are 9 to 12 points.
qreal textScale() {
    const QScreen* screen = QGuiApplication::primaryScreen();
    const qreal dpi = screen != nullptr ? screen->logicalDotsPerInch() : 96;
    const qreal points = QFontDatabase::systemFont(QFontDatabase::GeneralFont).pointSizeF();
    const qreal enlarged = points > 12 ? points / 11 : 1;
    return std::clamp(dpi / 96 * enlarged, 0.75, 3.0);
}

QPalette paletteOf(const Tokens& t) {
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, const QColor& active, const QColor& disabled) {
        palette.setColor(QPalette::Active, role, active);
        palette.setColor(QPalette::Inactive, role, active);
        palette.setColor(QPalette::Disabled, role, disabled);
    };
    set(QPalette::Window, t.window, t.window);
    set(QPalette::WindowText, t.text, t.disabled);
    set(QPalette::Base, t.surface, t.surface);
    set(QPalette::AlternateBase, t.sunken, t.sunken);
    set(QPalette::Text, t.text, t.disabled);
    set(QPalette::PlaceholderText, t.text3, t.disabled);
    set(QPalette::Button, t.surface, t.surface);
    set(QPalette::ButtonText, t.text, t.disabled);
    set(QPalette::BrightText, t.error, t.disabled);
    set(QPalette::Highlight, t.accentSoft, t.hover);
    set(QPalette::HighlightedText, t.text, t.disabled);
    set(QPalette::Link, t.accent, t.disabled);
    set(QPalette::LinkVisited, t.accent, t.disabled);
    set(QPalette::ToolTipBase, t.raised, t.raised);
    set(QPalette::ToolTipText, t.text, t.text);
    set(QPalette::Light, t.surface, t.surface);
    set(QPalette::Midlight, t.hover, t.hover);
    set(QPalette::Mid, t.border, t.border);
    set(QPalette::Dark, t.outline, t.border);
    set(QPalette::Shadow, t.border, t.border);
    return palette;
}

bool isDarkPalette(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

}  // namespace

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

void Theme::install(QApplication& application) {
    m_application = &application;
    m_systemDark = isDarkPalette(QApplication::palette());
    m_families = QStringList{textFamily()};
    for (const QString& family : eastAsianFamilies(QLocale()))
        if (QFontDatabase::hasFamily(family)) m_families << family;
    m_scale = textScale();
    QApplication::setStyle(new Style);
    application.installEventFilter(this);
    connect(&application, &QCoreApplication::aboutToQuit, this, [this] { m_pixmaps.clear(); });
    apply();
}

QStringList Theme::eastAsianFamilies(const QLocale& locale) {
    const auto of = [](const char* noto, const char* source, const QStringList& others) {
        return QStringList{QLatin1String("Noto Sans CJK ") + QLatin1String(noto),
                           QLatin1String("Noto Sans ") + QLatin1String(noto),
                           QLatin1String("Source Han Sans ") + QLatin1String(source)} +
               others;
    };
    if (locale.language() == QLocale::Japanese) return of("JP", "JP", {"IPAexGothic", "VL Gothic"});
    if (locale.language() == QLocale::Korean) return of("KR", "KR", {"NanumGothic"});
    if (locale.language() == QLocale::Chinese && locale.territory() == QLocale::HongKong) return of("HK", "HC", {});
    if (locale.script() == QLocale::TraditionalChineseScript) return of("TC", "TC", {"AR PL UMing TW"});
    return of("SC", "SC", {"WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "AR PL UMing CN"});
}

void Theme::setScheme(ColourScheme scheme) {
    m_scheme = scheme;
    if (m_application != nullptr) {
        apply();
    } else {
        m_dark = scheme == ColourScheme::Dark;
    }
}

void Theme::setScale(qreal scale) {
    const qreal before = std::exchange(m_scale, scale);
    if (m_application == nullptr) return;
    if (!qFuzzyCompare(before, scale)) rescaleWidgets(scale / before);
    apply();
}

void Theme::apply() {
    const QScopedValueRollback<bool> applying(m_applying, true);
    m_dark = m_scheme == ColourScheme::Dark || (m_scheme == ColourScheme::System && m_systemDark);
    m_pixmaps.clear();
    const QPalette palette = paletteOf(tokens());
    QApplication::setPalette(palette);
    QApplication::setFont(font(13));
    QToolTip::setPalette(palette);
    QToolTip::setFont(font(12));
    Q_EMIT changed();
}

bool Theme::eventFilter(QObject* watched, QEvent* event) {
    // Qt 6.4 has no signal for the scheme: when the platform's theme changes, look at its palette without ours.
    if (event->type() == QEvent::ThemeChange && !m_applying && m_application != nullptr) {
        const QScopedValueRollback<bool> applying(m_applying, true);
        QApplication::setPalette(QPalette());
        m_systemDark = isDarkPalette(QApplication::palette());
        setScale(textScale());
    }
    return QObject::eventFilter(watched, event);
}

bool Theme::animates() const {
    return m_application == nullptr || QApplication::style()->styleHint(QStyle::SH_Widget_Animation_Duration) > 0;
}

QFont Theme::font(int size, int weight) const {
    QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    if (!m_families.isEmpty()) font.setFamilies(m_families);
    font.setPixelSize(px(size));
    font.setWeight(static_cast<QFont::Weight>(weight));
    return font;
}

int Theme::px(int length) const {
    return length == 0 ? 0 : std::max(1, qRound(length * m_scale));
}

}  // namespace diagonal
