// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/guide.h"

#include <QCoreApplication>
#include <QDialog>
#include <QImage>
#include <QShortcut>
#include <QTextBrowser>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/resources.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"

namespace diagonal {

namespace {

/// Pages of Markdown, with their pictures as wide as the page at most.
class GuideBrowser : public QTextBrowser {
  public:
    GuideBrowser() { setOpenExternalLinks(true); }

  protected:
    QVariant loadResource(int type, const QUrl& name) override {
        if (type != QTextDocument::ImageResource) return QTextBrowser::loadResource(type, name);
        const QImage picture(source().resolved(name).toLocalFile());
        if (picture.isNull()) return {};
        const qreal ratio = devicePixelRatioF();
        const int widest = static_cast<int>((viewport()->width() - 2 * px(24)) * ratio);
        QImage shown = picture.width() > widest ? picture.scaledToWidth(widest, Qt::SmoothTransformation) : picture;
        shown.setDevicePixelRatio(ratio);
        return shown;
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
    dialog->resize(px(860), px(720));
    auto* browser = new GuideBrowser;
    browser->setAccessibleName(dialog->windowTitle());
    browser->setFrameStyle(QFrame::NoFrame);
    browser->document()->setDefaultFont(Theme::instance().font(13));
    browser->document()->setDocumentMargin(px(24));
    dialog->setLayout(makeColumn({browser}));
    QObject::connect(new QShortcut(QKeySequence::Back, dialog), &QShortcut::activated, browser,
                     &QTextBrowser::backward);
    QObject::connect(new QShortcut(QKeySequence::Forward, dialog), &QShortcut::activated, browser,
                     &QTextBrowser::forward);
    dialog->show();
    browser->setSource(QUrl::fromLocalFile(guideFolder() + QStringLiteral("/user-guide.md")),
                       QTextDocument::MarkdownResource);
}

}  // namespace diagonal
