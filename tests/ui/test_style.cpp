// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QBoxLayout>
#include <QPainter>
#include <QTest>
#include <array>
#include <cmath>

#include "tests/registry.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"

using namespace diagonal;

namespace {

using Triple = std::array<double, 3>;

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

Triple linearRgb(const QColor& colour) {
    return {linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())};
}

/// WCAG 2.1.
double luminance(const QColor& colour) {
    const Triple c = linearRgb(colour);
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

double contrast(const QColor& a, const QColor& b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

Triple multiply(const std::array<Triple, 3>& matrix, const Triple& v) {
    Triple result{};
    for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < 3; ++j)
            result[i] += matrix[i][j] * v[j];
    }
    return result;
}

enum Sight { Normal, Protan, Deutan, Tritan };

/// Machado, Oliveira and Fernandes, 2009, severity 1.
Triple seen(const QColor& colour, Sight sight) {
    static const std::array<std::array<Triple, 3>, 3> matrices{{
        {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
        {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
        {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
    }};
    Triple c = linearRgb(colour);
    if (sight != Normal) c = multiply(matrices[static_cast<size_t>(sight) - 1], c);
    for (double& channel : c)
        channel = std::clamp(channel, 0.0, 1.0);
    return c;
}

Triple lab(const Triple& rgb) {
    const Triple xyz = multiply(
        {{{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}}},
        rgb);
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double x = f(xyz[0] / 0.95047);
    const double y = f(xyz[1]);
    const double z = f(xyz[2] / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

/// Sharma, Wu and Dalal, 2005.
double ciede2000(const Triple& first, const Triple& second) {
    const double pi = std::acos(-1.0);
    const double c1 = std::hypot(first[1], first[2]);
    const double c2 = std::hypot(second[1], second[2]);
    const double mean7 = std::pow((c1 + c2) / 2, 7);
    const double g = 0.5 * (1 - std::sqrt(mean7 / (mean7 + std::pow(25.0, 7))));
    const double a1 = (1 + g) * first[1];
    const double a2 = (1 + g) * second[1];
    const double p1 = std::hypot(a1, first[2]);
    const double p2 = std::hypot(a2, second[2]);
    const auto hue = [&](double a, double b) {
        if (a == 0 && b == 0) return 0.0;
        const double h = std::atan2(b, a);
        return h < 0 ? h + 2 * pi : h;
    };
    const double h1 = hue(a1, first[2]);
    const double h2 = hue(a2, second[2]);
    double dh = h2 - h1;
    if (p1 * p2 == 0) {
        dh = 0;
    } else if (dh > pi) {
        dh -= 2 * pi;
    } else if (dh < -pi) {
        dh += 2 * pi;
    }
    const double deltaL = second[0] - first[0];
    const double deltaC = p2 - p1;
    const double deltaH = 2 * std::sqrt(p1 * p2) * std::sin(dh / 2);
    const double l = (first[0] + second[0]) / 2;
    const double c = (p1 + p2) / 2;
    double h = h1 + h2;
    if (p1 * p2 != 0) {
        h /= 2;
        if (std::abs(h1 - h2) > pi) h += h1 + h2 < 2 * pi ? pi : -pi;
    }
    const double t = 1 - 0.17 * std::cos(h - pi / 6) + 0.24 * std::cos(2 * h) + 0.32 * std::cos(3 * h + pi / 30) -
                     0.20 * std::cos(4 * h - 63 * pi / 180);
    const double theta = 30 * std::exp(-std::pow((h * 180 / pi - 275) / 25, 2)) * pi / 180;
    const double rc = 2 * std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + std::pow(25.0, 7)));
    const double sl = 1 + 0.015 * std::pow(l - 50, 2) / std::sqrt(20 + std::pow(l - 50, 2));
    const double sc = 1 + 0.045 * c;
    const double sh = 1 + 0.015 * c * t;
    const double rt = -std::sin(2 * theta) * rc;
    return std::sqrt(std::pow(deltaL / sl, 2) + std::pow(deltaC / sc, 2) + std::pow(deltaH / sh, 2) +
                     rt * (deltaC / sc) * (deltaH / sh));
}

}  // namespace

class TestStyle : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void ciede2000FollowsItsPaper() {
        // Three pairs of the paper's table 1.
        QVERIFY(std::abs(ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}) - 2.0425) < 1e-4);
        QVERIFY(std::abs(ciede2000({50, 2.5, 0}, {73, 25, -18}) - 27.1492) < 1e-4);
        QVERIFY(std::abs(ciede2000({2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}) - 0.9082) < 1e-4);
    }

    void textIsReadable_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textIsReadable() {
        QFETCH(bool, dark);
        const Tokens& t = dark ? Theme::darkTokens() : Theme::lightTokens();
        for (const QColor& ground : {t.surface, t.window, t.sunken}) {
            for (const QColor& ink : {t.text, t.text2, t.text3, t.accent, t.warn, t.error})
                QVERIFY2(contrast(ink, ground) >= 4.5, qPrintable(ink.name() + " on " + ground.name()));
        }
        for (const QColor& ground : {t.canvas, t.raised, t.accentSoft, t.hover}) {
            QVERIFY(contrast(t.text, ground) >= 4.5);
            QVERIFY(contrast(t.text2, ground) >= 4.5);
        }
        QVERIFY(contrast(t.onAccent, t.accent) >= 4.5);
        QVERIFY(contrast(t.accent, t.accentSoft) >= 4.5);
        QVERIFY(contrast(t.warn, t.warnSoft) >= 4.5);
        QVERIFY(contrast(t.error, t.errorSoft) >= 4.5);
    }

    void controlsAndMarksAreSeen_data() { textIsReadable_data(); }
    void controlsAndMarksAreSeen() {
        QFETCH(bool, dark);
        const Tokens& t = dark ? Theme::darkTokens() : Theme::lightTokens();
        for (const QColor& mark :
             {t.outline, t.bar, t.accent, t.warnLine, t.error, t.imageToText, t.textToImage, t.fourth}) {
            QVERIFY2(contrast(mark, t.surface) >= 3, qPrintable(mark.name()));
        }
        QVERIFY(contrast(t.outline, t.window) >= 3);
    }

    void contrastsAreThoseOfTheGuide() {
        QVERIFY(std::abs(contrast(Theme::lightTokens().accent, Theme::lightTokens().surface) - 5.6) < 0.1);
        QVERIFY(std::abs(contrast(Theme::darkTokens().accent, Theme::darkTokens().surface) - 7.5) < 0.1);
        QVERIFY(std::abs(contrast(Theme::lightTokens().text2, Theme::lightTokens().surface) - 7.5) < 0.1);
        QVERIFY(std::abs(contrast(Theme::lightTokens().text3, Theme::lightTokens().surface) - 5.2) < 0.1);
    }

    void seriesAreToldApartByAllEyes_data() { textIsReadable_data(); }
    void seriesAreToldApartByAllEyes() {
        QFETCH(bool, dark);
        const Tokens& t = dark ? Theme::darkTokens() : Theme::lightTokens();
        const QList<QColor> series{t.imageToText, t.textToImage, t.text, t.fourth};
        for (const Sight sight : {Normal, Protan, Deutan, Tritan}) {
            for (int i = 0; i < series.size(); ++i) {
                for (int j = i + 1; j < series.size(); ++j) {
                    const double distance = ciede2000(lab(seen(series[i], sight)), lab(seen(series[j], sight)));
                    QVERIFY2(distance >= 18, qPrintable(QStringLiteral("%1 and %2: %3 in sight %4")
                                                            .arg(series[i].name(), series[j].name())
                                                            .arg(distance)
                                                            .arg(sight)));
                }
            }
        }
    }

    void paletteFollowsTheScheme() {
        Theme& theme = Theme::instance();
        theme.install(*qApp);
        theme.setScheme(ColourScheme::Dark);
        QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::darkTokens().surface);
        QVERIFY(theme.isDark());
        theme.setScheme(ColourScheme::Light);
        QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::lightTokens().surface);
        QCOMPARE(QApplication::palette().color(QPalette::Highlight), Theme::lightTokens().accentSoft);
        QCOMPARE(QApplication::palette().color(QPalette::PlaceholderText), Theme::lightTokens().text3);
    }

    void framesLieOnWholeDevicePixels_data() {
        QTest::addColumn<double>("ratio");
        for (const double ratio : {1.0, 1.25, 1.5, 1.75, 2.0})
            QTest::addRow("%g", ratio) << ratio;
    }
    void framesLieOnWholeDevicePixels() {
        QFETCH(double, ratio);
        QImage image(QSize(60, 60) * ratio, QImage::Format_RGB32);
        image.setDevicePixelRatio(ratio);
        image.fill(Qt::white);
        QPainter painter(&image);
        paintFrame(painter, QRectF(3, 5, 37, 41), 0, Qt::white, Qt::black);
        painter.end();
        int black = 0;
        for (int y = 0; y < image.height(); ++y) {
            const int grey = qGray(image.pixel(image.width() / 3, y));
            QVERIFY2(grey == 0 || grey == 255, qPrintable(QString::number(grey)));
            black += grey == 0 ? 1 : 0;
        }
        QCOMPARE(black, 2 * qRound(ratio));
    }

    void marginsAndSizesFollowTheTextsScale() {
        Theme& theme = Theme::instance();
        theme.install(*qApp);
        QWidget window;
        auto* row = new QHBoxLayout(&window);
        row->setContentsMargins(px(16), 0, px(8), 0);
        row->addSpacing(px(12));
        auto* box = new QWidget;
        box->setFixedWidth(px(100));
        row->addWidget(box);
        const int usual = px(100);
        theme.setScale(2.0 * usual / 100);
        QCOMPARE(row->contentsMargins().left(), px(16));
        QCOMPARE(row->itemAt(0)->spacerItem()->sizeHint().width(), px(12));
        QCOMPARE(box->minimumWidth(), px(100));
        QCOMPARE(box->maximumWidth(), px(100));
        theme.setScale(usual / 100.0);
        QCOMPARE(box->maximumWidth(), usual);
        QCOMPARE(QApplication::font().pixelSize(), px(13));
    }

    void hanCharactersAreThoseOfTheLanguage() {
        const auto first = [](const char* locale) {
            return Theme::eastAsianFamilies(QLocale(QLatin1String(locale))).first();
        };
        QCOMPARE(first("zh_CN"), QStringLiteral("Noto Sans CJK SC"));
        QCOMPARE(first("en_US"), QStringLiteral("Noto Sans CJK SC"));
        QCOMPARE(first("zh_TW"), QStringLiteral("Noto Sans CJK TC"));
        QCOMPARE(first("zh_HK"), QStringLiteral("Noto Sans CJK HK"));
        QCOMPARE(first("ja_JP"), QStringLiteral("Noto Sans CJK JP"));
        QCOMPARE(first("ko_KR"), QStringLiteral("Noto Sans CJK KR"));
    }

    void iconsTakeTheColourAndPixelRatio() {
        const QPixmap icon = Theme::instance().pixmap(QStringLiteral("ui/close"), 16, Qt::red, 2);
        QCOMPARE(icon.size(), QSize(32, 32));
        QCOMPARE(icon.devicePixelRatio(), 2.0);
        const QImage image = icon.toImage();
        QCOMPARE(image.pixelColor(16, 16).rgb(), QColor(Qt::red).rgb());
        QCOMPARE(image.pixelColor(1, 1).alpha(), 0);
    }
};

DIAGONAL_TEST(TestStyle);
#include "test_style.moc"
