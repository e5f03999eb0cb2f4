// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QCryptographicHash>
#include <QDesktopServices>
#include <QDir>
#include <QDropEvent>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPushButton>

#include "engine/hub/sha256.h"
#include "tests/engine/http_server.h"
#include "tests/engine/hub_folders.h"
#include "tests/paths.h"
#include "tests/ui/bytes_in.h"
#include "tests/ui/file_watch.h"
#include "tests/ui/ui_test.h"
#include "ui/base/model_paths.h"
#include "ui/model_pane/convert_dialog.h"
#include "ui/model_pane/files_section.h"
#include "ui/model_pane/model_list.h"
#include "ui/model_pane/models_pane.h"
#include "ui/model_pane/offer_view.h"
#include "ui/model_pane/part_tree_view.h"
#include "ui/model_pane/report_view.h"
#include "ui/widgets/fact_grid.h"
#include "ui/widgets/icon_button.h"

using namespace diagonal;

namespace {

constexpr int kModelsPatience = 30000;

/// In place of the desktop's file manager.
class Urls : public QObject {
    Q_OBJECT

  public:
    QList<QUrl> opened;

  public Q_SLOTS:
    void take(const QUrl& url) { opened << url; }
};

QString family(const char* name) {
    return QString::fromStdString(paths::source("tests/parity/data/families/")) + QLatin1String(name);
}

const QString kVit = family("open_clip-vit");

qint64 sum(const PartTreeModel& model, const QModelIndex& parent = {}) {
    qint64 all = 0;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex part = model.index(row, PartTreeModel::Name, parent);
        all += model.hasChildren(part)
                   ? sum(model, part)
                   : QLocale().toLongLong(part.siblingAtColumn(PartTreeModel::Parameters).data().toString());
    }
    return all;
}

}  // namespace

class TestModelsPane : public PaneTest<ModelsPane> {
    Q_OBJECT

  private:
    using Page = ModelsPane::Page;

    QStringList names(ModelEntry::Group group) const {
        QStringList found;
        const ModelListModel& models = m_pane->list().models();
        for (int row = 0; row < models.rowCount(); ++row)
            if (const ModelEntry* entry = models.entry(models.index(row)); entry != nullptr && entry->group == group)
                found << entry->name;
        return found;
    }
    void choose(const QString& key) {
        QTRY_VERIFY2(m_pane->list().models().indexOf(key).isValid(), qPrintable(key));
        m_pane->list().view().setCurrentIndex(m_pane->list().models().indexOf(key));
    }
    QString report(const QString& path) {
        m_pane->inspect(path);
        if (!QTest::qWaitFor([&] { return m_pane->page() != Page::Busy; }, kModelsPatience)) return "nothing";
        return m_pane->page() == Page::Report ? QString() : m_pane->errorText();
    }
    /// A catalogue of one small model that a server has; `content` is sent for it.
    void setCatalogue(const HttpServer& server, const QByteArray& promised) {
        Sha256 hash;
        hash.add(promised.data(), static_cast<size_t>(promised.size()));
        m_home->setCatalogue(R"({"models": [{"name": "ViT-B/32", "description": "Everyday pictures", "licence": "MIT",
            "bytes": )" + std::to_string(promised.size()) +
                             R"(, "url": ")" + server.url("/ViT-B-32.pt") + R"(", "sha256": ")" + hash.digits() +
                             R"("}]})");
    }

    std::unique_ptr<FakeHome> m_home;
    Urls m_urls;

  private Q_SLOTS:
    void init() {
        UiTest::init();
        m_home = std::make_unique<FakeHome>();
        openPane();
    }

    void eachModelStandsOnce() {
        settings().setValue("models/recent", QStringList{kVit, m_folder.filePath("gone")});
        m_home->write("clip/RN50.pt", "x");
        openPane();
        QTRY_VERIFY(names(ModelEntry::Group::Here).contains("RN50"));
        QTRY_COMPARE(names(ModelEntry::Group::Recent), QStringList{"open_clip-vit"});
        QVERIFY(names(ModelEntry::Group::Offered).contains("ViT-B/32"));
        QVERIFY(!names(ModelEntry::Group::Offered).contains("RN50"));
        m_services->openModel(kVit);
        QTRY_COMPARE_WITH_TIMEOUT(names(ModelEntry::Group::Open).size(), 1, kModelsPatience);
        QVERIFY(names(ModelEntry::Group::Recent).isEmpty());
        QVERIFY(names(ModelEntry::Group::Here).contains("Demo model"));
    }

    void theListIsAModel() {
        const QAbstractItemModelTester tester(&m_pane->list().models(),
                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTRY_VERIFY(m_pane->list().models().rowCount() > 10);
        m_pane->list().filter().setText("ViT L/14");
        for (const QString& name : names(ModelEntry::Group::Offered))
            QVERIFY2(name.contains("L", Qt::CaseInsensitive), qPrintable(name));
        QVERIFY(m_pane->list().models().rowCount() > 2);
        m_pane->list().filter().setText("no such model");
        QCOMPARE(m_pane->list().models().rowCount(), 0);
        m_pane->list().filter().clear();
        QVERIFY(m_pane->list().models().rowCount() > 10);
    }

    void arrowsWalkTheModels() {
        QTRY_VERIFY(m_pane->list().models().rowCount() > 10);
        QListView& view = m_pane->list().view();
        choose("ViT-B/32");
        QTest::keyClick(&view, Qt::Key_Down);
        QCOMPARE(m_pane->list().selected()->name, QString("ViT-B/16"));
        QCOMPARE(m_pane->page(), Page::Offer);
        QTest::keyClick(&view, Qt::Key_Up);
        QTest::keyClick(&view, Qt::Key_Up);  // over the head of the group
        QCOMPARE(m_pane->list().selected()->name, QString("Demo model"));
    }

    void aChosenModelIsShownAndNotLoaded() {
        settings().setValue("models/recent", QStringList{kVit});
        openPane();
        choose(kVit);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->page(), Page::Report, kModelsPatience);
        QVERIFY(m_services->engine().model() == nullptr && !m_services->engine().isLoadingModel());
        const auto shown = m_pane->report().report();
        QCOMPARE(m_pane->report().facts().value("Parameters"), QLocale().toString(qint64(shown->info.parameters)));
        QVERIFY(m_pane->report().facts().value("Activation").startsWith("GELU, from "));
        QVERIFY(m_pane->report().facts().value("Temperature").contains("logit scale"));
        QVERIFY(m_pane->report().facts().value("Logit bias").isEmpty());
        QVERIFY(m_pane->report().useButton().isEnabled());
        QCOMPARE(report(family("hf-siglip")), QString());
        QVERIFY(!m_pane->report().facts().value("Logit bias").isEmpty());
    }

    void everyFamilyHasItsTree() {
        for (const char* name : {"open_clip-vit", "open_clip-resnet", "open_clip-vit-training/epoch_3.pt", "hf-clip",
                                 "hf-clip-sharded", "hf-siglip"}) {
            QCOMPARE(report(family(name)), QString());
            PartTreeModel& tree = m_pane->report().tree().parts();
            const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
            QCOMPARE(sum(tree), qint64(m_pane->report().report()->info.parameters));
            QVERIFY(tree.rowCount() >= 3);
        }
    }

    void theTreeIsCopiedAndWritten() {
        QCOMPARE(report(kVit), QString());
        PartTreeView& tree = m_pane->report().tree();
        QTest::keyClick(&tree, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QApplication::clipboard()->text().contains("\n  conv1\n") ||
                QApplication::clipboard()->text().contains("  conv1\t"));
        const QString csv = tree.parts().csv();
        QVERIFY(csv.startsWith("name,shape,dtype,parameters\r\n"));
        QVERIFY2(csv.contains("visual.conv1.weight,"), qPrintable(csv.left(600)));
    }

    void whatIsNoModelIsNamed() {
        const QString file = m_folder.filePath("photo.pt");
        QImage(8, 8, QImage::Format_RGB32).save(file, "PNG");
        m_pane->open(file);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->page(), Page::Error, kModelsPatience);
        QVERIFY2(m_pane->errorText().contains("PNG"), qPrintable(m_pane->errorText()));
        QVERIFY(m_services->recentModels().isEmpty());
        QVERIFY(!m_services->engine().isLoadingModel());
        QVERIFY(!report(m_folder.path()).isEmpty());
    }

    void aDroppedModelIsOpened() {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(family("open_clip-vit-training/epoch_3.pt"))});
        QDragEnterEvent enter(m_pane->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_pane.get(), &enter);
        QDropEvent event(m_pane->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_pane.get(), &event);
        QTRY_VERIFY_WITH_TIMEOUT(m_services->engine().model() != nullptr, kModelsPatience);
        QCOMPARE(m_pane->page(), Page::Report);
        QVERIFY(!m_pane->report().useButton().isEnabled());
        QCOMPARE(m_services->recentModels().size(), 1);
        QCOMPARE(names(ModelEntry::Group::Open).size(), 1);
    }

    void hashesAreThoseOfTheFiles() {
        QCOMPARE(report(family("hf-clip-sharded")), QString());
        FilesSection& files = m_pane->report().files();
        files.compute();
        QTRY_VERIFY_WITH_TIMEOUT(!files.isComputing(), kModelsPatience);
        QStringList expected;
        for (int part = 1; part <= 3; ++part)
            expected << QCryptographicHash::hash(
                            bytesIn(family("hf-clip-sharded") +
                                    QStringLiteral("/model-0000%1-of-00003.safetensors").arg(part)),
                            QCryptographicHash::Sha256)
                            .toHex();
        QCOMPARE(files.hashes(), expected);
        QCOMPARE(report(kVit), QString());
        QVERIFY(files.hashes().isEmpty());
    }

    void aModelIsConvertedAndUsed() {
        QCOMPARE(report(kVit), QString());
        ConvertDialog* dialog = m_pane->convert();
        QSignalSpy written(dialog, &ConvertDialog::converted);
        const QString folder = m_folder.filePath("converted");
        dialog->setFolder({});
        QCOMPARE(dialog->errorText(), QString("Choose a folder"));
        QVERIFY(!dialog->convertButton().isEnabled());
        dialog->setForm(ModelForm::HuggingFace);
        dialog->setFolder(folder);
        QTRY_VERIFY(dialog->convertButton().isEnabled());
        dialog->convert();
        QVERIFY(written.wait(kModelsPatience));
        QVERIFY(QFile::exists(folder + "/model.safetensors"));
        QVERIFY(!dialog->resultText().isEmpty());
        Q_EMIT dialog->useRequested(folder);
        QTRY_VERIFY_WITH_TIMEOUT(m_services->engine().model() != nullptr, kModelsPatience);
        QCOMPARE(m_services->recentModels().value(0), folder);
        dialog = m_pane->convert();
        dialog->setFolder(folder);
        QTRY_VERIFY(dialog->errorText().contains("already"));
        QVERIFY(!dialog->convertButton().isEnabled());
    }

    /// A model, and the place for a converted one, may lie on a disk that does not answer.
    void thePaneLooksAtNoForeignPathItself() {
        const QString folder = m_folder.filePath("foreign");
        QVERIFY(QDir().mkpath(folder + "/taken/inside"));
        for (const char* name : {"open_clip_config.json", "open_clip_model.safetensors"})
            QVERIFY(QFile::copy(kVit + '/' + name, folder + '/' + name));
        settings().setValue("models/convertFolder", folder);
        QDesktopServices::setUrlHandler("file", &m_urls, "take");
        {
            const FileWatch watch(folder);
            QVERIFY(m_pane->openModel(folder));
            QTRY_VERIFY2_WITH_TIMEOUT(m_pane->page() == ModelsPane::Page::Report, qPrintable(m_pane->errorText()),
                                      kModelsPatience);
            QTRY_VERIFY_WITH_TIMEOUT(m_services->engine().model() != nullptr, kModelsPatience);
            for (auto* button : m_pane->report().findChildren<IconButton*>())
                if (button->accessibleName() == "Show in folder") button->click();
            QTRY_COMPARE(m_urls.opened, QList<QUrl>{QUrl::fromLocalFile(folder)});
            ConvertDialog* dialog = m_pane->convert();
            QTRY_VERIFY(dialog->convertButton().isEnabled());
            dialog->setFolder(folder + "/taken");
            QTRY_VERIFY(dialog->errorText().contains("already"));
            QVERIFY(!dialog->convertButton().isEnabled());
            QVERIFY2(watch.calls().isEmpty(), qPrintable(watch.calls().join('\n')));
        }
        QDesktopServices::unsetUrlHandler("file");
    }

    void aFormWithoutThePlaceIsRefused() {
        QCOMPARE(report(family("hf-siglip")), QString());
        ConvertDialog* dialog = m_pane->convert();
        QSignalSpy ended(dialog, &ConvertDialog::ended);
        dialog->setForm(ModelForm::OpenAi);
        dialog->setFolder(m_folder.filePath("refused"));
        dialog->convert();
        QVERIFY(ended.wait(kModelsPatience));
        QVERIFY2(dialog->errorText().contains("OpenAI"), qPrintable(dialog->errorText()));
    }

    void aModelIsGotAndRemoved() {
        const QByteArray weights = bytesIn(family("open_clip-vit-training/epoch_3.pt"));
        const HttpServer server([&](const TestRequest& request) { return fileAnswer(request, weights.toStdString()); });
        setCatalogue(server, weights);
        for (const char* name : {"vocab.json", "merges.txt"})  // of the tiny model, beside which it comes to lie
            m_home->write(std::string("diagonal/models/") + name,
                          bytesIn(family("open_clip-vit-training/") + name).toStdString());
        m_home->write("diagonal/models/ViT-B-32.json",
                      bytesIn(family("open_clip-vit-training/epoch_3.json")).toStdString());
        openPane();
        QTRY_COMPARE(names(ModelEntry::Group::Offered), QStringList{"ViT-B/32"});
        choose("ViT-B/32");
        QCOMPARE(m_pane->page(), Page::Offer);
        m_pane->offer().getButton().click();
        QVERIFY(m_pane->hasNews());
        QTRY_VERIFY2_WITH_TIMEOUT(m_pane->page() == Page::Report, qPrintable(m_pane->errorText()), kModelsPatience);
        QTRY_VERIFY(names(ModelEntry::Group::Here).contains("ViT-B/32"));
        QTRY_VERIFY(m_pane->list().selected() != nullptr && m_pane->list().selected()->removable);
        QVERIFY(QFile::exists(QString::fromStdString((m_home->models() / "ViT-B-32.pt").string())));
        m_pane->remove("ViT-B/32");
        QTRY_COMPARE_WITH_TIMEOUT(names(ModelEntry::Group::Offered), QStringList{"ViT-B/32"}, kModelsPatience);
        QVERIFY(!QFile::exists(QString::fromStdString((m_home->models() / "ViT-B-32.pt").string())));
        QCOMPARE(m_pane->page(), Page::Offer);
    }

    void aWrongFileIsSaidInItsRow() {
        const HttpServer server([](const TestRequest& request) { return fileAnswer(request, "other"); });
        setCatalogue(server, "right");
        openPane();
        QTRY_COMPARE(names(ModelEntry::Group::Offered), QStringList{"ViT-B/32"});
        choose("ViT-B/32");
        m_pane->downloads().get("ViT-B/32");
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->list().models().download("ViT-B/32").error.isEmpty(), kModelsPatience);
        QCOMPARE(m_pane->offer().errorText(), m_pane->list().models().download("ViT-B/32").error);
        QCOMPARE(m_pane->offer().getButton().text(), QString("Try again"));
        QVERIFY(!m_pane->hasNews());
    }

    void aDownloadIsCancelled() {
        const HttpServer server([](const TestRequest& request) {
            TestAnswer answer = fileAnswer(request, std::string(100000, 'x'));
            answer.stallAfter = 50000;
            return answer;
        });
        setCatalogue(server, QByteArray(100000, 'x'));
        openPane();
        QTRY_COMPARE(names(ModelEntry::Group::Offered), QStringList{"ViT-B/32"});
        choose("ViT-B/32");
        m_pane->downloads().get("ViT-B/32");
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->downloads().state("ViT-B/32").progress.done > 0, kModelsPatience);
        QCOMPARE(m_services->engine().jobs().size(), 1);
        m_pane->downloads().cancel("ViT-B/32");
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->downloads().isRunning(), kModelsPatience);
        QVERIFY(m_pane->offer().errorText().isEmpty());
        QVERIFY(m_pane->offer().getButton().isVisible());
    }

    void pathsAreToldApart() {
        QVERIFY(isModelPath(kVit));
        QVERIFY(isModelPath(family("hf-siglip")));
        QVERIFY(isModelPath(family("open_clip-vit-training/epoch_3.pt")));
        QVERIFY(!isModelPath(m_folder.path()));
        QVERIFY(!isModelPath(QString::fromStdString(paths::source("README.md"))));
        QCOMPARE(modelTitle("/x/models--laion--CLIP-ViT/snapshots/0123"), QString("laion/CLIP-ViT"));
    }
};

DIAGONAL_TEST(TestModelsPane);
#include "test_models_pane.moc"
