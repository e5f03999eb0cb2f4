// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtMath>
#include <QtTest>

#include "engine/base/resources.h"
#include "engine/inference/zero_shot.h"
#include "tests/registry.h"
#include "training/data/scenes.h"

using namespace diagonal;

namespace {

QPolygonF corners(int count, double turn, double inner = 1.0) {
    QPolygonF polygon;
    for (int i = 0; i < count; ++i) {
        const double angle = turn + 2 * M_PI * i / count;
        const double radius = i % 2 == 0 ? 1.0 : inner;
        polygon << QPointF(radius * std::cos(angle), radius * std::sin(angle));
    }
    return polygon;
}

/// The shapes as Qt draws them, within a circle of radius 1.
QPainterPath shapePath(const QString& name) {
    QPainterPath path;
    if (name == "circle") path.addEllipse(QPointF(0, 0), 1, 1);
    if (name == "ring") {
        path.addEllipse(QPointF(0, 0), 1, 1);
        path.addEllipse(QPointF(0, 0), 0.68, 0.68);  // odd-even fill leaves the hole
    }
    if (name == "square") path.addRect(-0.75, -0.75, 1.5, 1.5);
    if (name == "triangle") path.addPolygon(corners(3, -M_PI / 2));
    if (name == "star") path.addPolygon(corners(10, -M_PI / 2, 0.42));
    if (name == "hexagon") path.addPolygon(corners(6, 0));
    if (name == "diamond") path.addPolygon(QPolygonF({{0, -1}, {0.7, 0}, {0, 1}, {-0.7, 0}}));
    if (name == "cross") {
        path.addRect(-0.3, -0.9, 0.6, 1.8);
        path.addRect(-0.9, -0.3, 1.8, 0.6);
        path.setFillRule(Qt::WindingFill);
    }
    if (name == "heart") {
        path.moveTo(0, 0.9);
        path.cubicTo(-1.5, -0.2, -0.7, -1.3, 0, -0.45);
        path.cubicTo(0.7, -1.3, 1.5, -0.2, 0, 0.9);
    }
    path.closeSubpath();
    return path;
}

/// CSS colours of these names.
QColor colourOf(const QString& name) {
    return QColor(name == "gray" ? QString("#808080") : name);
}

/// One object on a gradient background, in another size and shape of picture than the model learned from.
QImage drawing(const QString& shape, const QString& colour, QRandomGenerator& random) {
    static const QList<QColor> kBackgrounds = {"white", "ivory", "aliceblue", "#f0f0e0", "#101418", "honeydew"};
    const QSize size(180 + random.bounded(400), 180 + random.bounded(400));
    QImage image(size, QImage::Format_RGB32);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor background = kBackgrounds.at(random.bounded(kBackgrounds.size()));
    QLinearGradient gradient(0, 0, size.width(), size.height());
    gradient.setColorAt(0, background);
    gradient.setColorAt(1, background.lightness() > 128 ? background.darker(108) : background.lighter(130));
    painter.fillRect(image.rect(), gradient);
    const double side = qMin(size.width(), size.height());  // the centre crop keeps this much
    const double radius = side * (0.2 + 0.2 * random.generateDouble());
    const double slack = side / 2 - radius - 4;
    painter.translate(size.width() / 2.0 + slack * (2 * random.generateDouble() - 1),
                      size.height() / 2.0 + slack * (2 * random.generateDouble() - 1));
    painter.scale(radius, radius);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colourOf(colour));
    painter.drawPath(shapePath(shape));
    return image;
}

}  // namespace

/// The shipped demo model on what it was not trained on.
class TestDemoModel : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        const QByteArray other = qgetenv("DIAGONAL_DEMO_MODEL");
        m_session = Session::open(other.isEmpty() ? "demo" : other.toStdString(), {"cpu", "fp32", 32});
        m_labels = sceneLabels();
        m_labelEmbeddings = embedLabels(*m_session, m_labels, {});
    }

    void itIsSmallEnoughToShip() {
        QVERIFY(std::filesystem::exists(demoModelFolder()));
        uintmax_t bytes = 0;
        for (const auto& entry : std::filesystem::directory_iterator(demoModelFolder()))
            bytes += entry.file_size();
        QVERIFY2(bytes <= 8'000'000, QByteArray::number(static_cast<qulonglong>(bytes)));
    }

    void itSaysWhatItKnows() {
        QCOMPARE(m_session->info().knows, std::string("coloured shapes"));
        QVERIFY(!m_session->info().suggestedLabels.empty());
    }

    void newScenesAreLabelledRight() {
        ScenesOptions options;
        options.count = 10 * m_labels.size();
        options.seed = 20261;
        options.split = Split::Test;
        QVERIFY2(accuracyOnScenes(options) >= 0.97, "all pairs");
        options.heldOutOnly = true;
        options.count = 480;
        QVERIFY2(accuracyOnScenes(options) >= 0.92, "pairs that training never showed");
    }

    void drawingsByQtAreLabelledRight() {
        QRandomGenerator random(3);
        std::vector<std::filesystem::path> files;
        std::vector<size_t> truth;
        for (size_t i = 0; i < 3 * m_labels.size(); ++i) {
            const QStringList words = QString::fromStdString(m_labels[i % m_labels.size()]).split(' ');
            const QString file = m_folder.filePath(QString::number(i) + ".jpg");
            QVERIFY(drawing(words.at(1), words.at(0), random).save(file, "JPEG", 35 + random.bounded(60)));
            files.emplace_back(file.toStdString());
            truth.push_back(i % m_labels.size());
        }
        const double right = accuracy(files, truth);
        qInfo("%.1f %% of Qt's drawings", 100 * right);
        QVERIFY(right >= 0.85);
    }

  private:
    double accuracy(const std::vector<std::filesystem::path>& files, const std::vector<size_t>& truth) {
        size_t right = 0;
        m_session->embedImages(files, true, [&](std::vector<ImageEmbedding> batch) {
            for (const ImageEmbedding& image : batch) {
                const auto scores = scoreLabels(image.values, m_labelEmbeddings, m_session->info().temperature);
                if (scores.front().label == truth[image.index]) ++right;
            }
        });
        return static_cast<double>(right) / static_cast<double>(files.size());
    }

    double accuracyOnScenes(const ScenesOptions& options) {
        const auto scenes = makeScenes(options);
        std::vector<std::filesystem::path> files;
        std::vector<size_t> truth;
        for (size_t i = 0; i < scenes->size(); ++i) {
            const Image image = scenes->image(i);
            const QString file = m_folder.filePath(QString("scene-%1-%2.png").arg(options.heldOutOnly).arg(i));
            const QImage picture(image.rgb.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888);
            if (!picture.save(file)) qFatal("cannot write a picture");
            files.emplace_back(file.toStdString());
            truth.push_back(static_cast<size_t>(scenes->label(i)));
        }
        const double right = accuracy(files, truth);
        qInfo("%.1f %% of %zu scenes", 100 * right, files.size());
        return right;
    }

    QTemporaryDir m_folder;
    std::shared_ptr<Session> m_session;
    std::vector<std::string> m_labels;
    Embeddings m_labelEmbeddings;
};

DIAGONAL_TEST(TestDemoModel);
#include "test_demo_model.moc"
