// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/guide.h"

#include <QCoreApplication>
#include <QDialog>
#include <QFileInfo>
#include <QImage>
#include <QLocale>
#include <QScreen>
#include <QScrollBar>
#include <QShortcut>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextTable>
#include <QVBoxLayout>
#include <algorithm>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/resources.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/widgets/notice_bar.h"

namespace diagonal {

namespace {

constexpr int kPage = 760, kPageMargin = 24;

/// Pages of Markdown in one column, which pictures, tables and code keep within.
class GuideBrowser : public QTextBrowser {
  public:
    GuideBrowser() {
        setOpenExternalLinks(true);
        setFrameStyle(QFrame::NoFrame);
        setBackgroundRole(QPalette::Base);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setLineWrapMode(FixedPixelWidth);
        // However a page comes: by a link, back, forward, anew.
        connect(this, &QTextBrowser::sourceChanged, this, &GuideBrowser::dress);
    }
    /// As wide as is good to read, and as fits on the screen.
    int pageWidth() const { return std::min(px(kPage), screen()->availableGeometry().width() - px(4 * kPageMargin)); }

    /// Fonts, colours and pictures anew; what is read stays in sight.
    void takeTheme() {
        const int place = verticalScrollBar()->value();
        setLineWrapColumnOrWidth(pageWidth());
        document()->setDefaultFont(Theme::instance().font(13));
        if (source().isEmpty()) return;
        document()->clear();
        reload();
        verticalScrollBar()->setValue(place);
    }

  protected:
    QVariant loadResource(int type, const QUrl& name) override {
        if (type != QTextDocument::ImageResource) return QTextBrowser::loadResource(type, name);
        QString file = source().resolved(name).toLocalFile();
        const QString dark = QString(file).replace(QLatin1String("-light.png"), QLatin1String("-dark.png"));
        if (Theme::instance().isDark() && QFileInfo::exists(dark)) file = dark;
        const QImage picture(file);
        if (picture.isNull()) return {};
        const qreal ratio = devicePixelRatioF();
        const int widest = static_cast<int>((pageWidth() - 2 * px(kPageMargin)) * ratio);
        QImage shown = picture.width() > widest ? picture.scaledToWidth(widest, Qt::SmoothTransformation) : picture;
        shown.setDevicePixelRatio(ratio);
        return shown;
    }
    void resizeEvent(QResizeEvent* event) override {
        const int beside = std::max(0, width() - verticalScrollBar()->width() - pageWidth());
        setViewportMargins(beside / 2, 0, beside - beside / 2, 0);
        QTextBrowser::resizeEvent(event);
    }

  private:
    /// The window's look, for Markdown knows no style sheet.
    void dress() {
        document()->setDocumentMargin(px(kPageMargin));
        for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
            QTextBlockFormat format = block.blockFormat();
            const bool isCode = format.nonBreakableLines();
            format.setNonBreakableLines(false);
            format.setLineHeight(isCode ? 115 : 130, QTextBlockFormat::ProportionalHeight);
            if (isCode) format.setBackground(colour(&Tokens::sunken));
            if (format.headingLevel() > 1) format.setTopMargin(px(20));
            if (!isCode && block.textList() == nullptr) format.setBottomMargin(px(8));
            QTextCursor(block).setBlockFormat(format);
        }
        for (QTextFrame* frame : document()->rootFrame()->childFrames())
            if (auto* table = qobject_cast<QTextTable*>(frame)) {
                QTextTableFormat format = table->format();
                format.setWidth(QTextLength(QTextLength::PercentageLength, 100));
                format.setCellPadding(px(4));
                format.setCellSpacing(0);
                format.setBorderCollapse(true);
                format.setBorderBrush(colour(&Tokens::border));
                table->setFormat(format);
            }
    }
};

}  // namespace

QString guideFolder() {
    try {
        const auto shipped = std::filesystem::canonical(resourceFolder());
        for (const auto& docs : {shipped / "docs", shipped.parent_path() / "docs"})
            if (std::filesystem::exists(docs / "user-guide.md")) return QString::fromStdString(docs.string());
    } catch (const std::exception&) {
        // Without resources there is no guide either; the action is left out.
    }
    return {};
}

void showGuide(QWidget* parent) {
    const QString name = QStringLiteral("guide");
    if (auto* shown = parent->findChild<QDialog*>(name)) {
        shown->raise();
        return shown->activateWindow();
    }
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QCoreApplication::translate("diagonal::guide", "User guide"));
    auto* browser = new GuideBrowser;
    browser->setAccessibleName(dialog->windowTitle());
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    if (QLocale().language() != QLocale::English && QLocale().language() != QLocale::C) {
        auto* language = new NoticeBar;
        language->setClosable(false);
        language->notice(NoticeBar::Kind::Info,
                         QCoreApplication::translate("diagonal::guide", "The guide is written in English."));
        column->addWidget(language);
    }
    column->addWidget(browser);
    followTheme(browser, [browser] { browser->takeTheme(); });
    dialog->setMinimumWidth(browser->pageWidth() + browser->verticalScrollBar()->sizeHint().width());
    dialog->resize(dialog->minimumWidth() + px(2 * kPageMargin),
                   std::min(px(720), dialog->screen()->availableGeometry().height() - px(2 * kPageMargin)));
    QObject::connect(new QShortcut(QKeySequence::Back, dialog), &QShortcut::activated, browser,
                     &QTextBrowser::backward);
    QObject::connect(new QShortcut(QKeySequence::Forward, dialog), &QShortcut::activated, browser,
                     &QTextBrowser::forward);
    dialog->show();
    browser->setSource(QUrl::fromLocalFile(guideFolder() + QStringLiteral("/user-guide.md")),
                       QTextDocument::MarkdownResource);
}

}  // namespace diagonal
