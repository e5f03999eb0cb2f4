// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/sample_scenes.h"

#include <QAbstractButton>
#include <QDir>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/base/file.h"
#include "engine/image/png.h"
#include "training/data/scenes.h"
#include "training/data/scenes_vocabulary.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/label/first_model.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/link_label.h"

namespace diagonal {

namespace {

constexpr int kSide = 72, kSceneSize = 256;

struct Sample {
    const char* colour;
    const char* shape;
    const char* background;
    int count;
    uint64_t seed;
};
constexpr Sample kSamples[] = {
    {"red", "circle", "beige", 1, 3},  {"blue", "square", "white", 1, 5},     {"green", "triangle", "light blue", 2, 8},
    {"yellow", "star", "black", 1, 2}, {"orange", "hexagon", "white", 1, 11}, {"purple", "circle", "lavender", 3, 7},
};

int indexOf(const std::vector<std::string>& names, const char* name) {
    return static_cast<int>(std::find(names.begin(), names.end(), name) - names.begin());
}

Scene sceneOf(const Sample& sample) {
    Scene scene;
    scene.shape = indexOf(sceneShapes(), sample.shape);
    scene.colour = indexOf(sceneColours(), sample.colour);
    const auto& backgrounds = sceneBackgrounds();
    scene.background =
        static_cast<int>(std::find_if(backgrounds.begin(), backgrounds.end(),
                                      [&](const SceneBackground& one) { return one.name == sample.background; }) -
                         backgrounds.begin());
    scene.size = 1;
    scene.position = indexOf(scenePositions(), "center");
    scene.count = sample.count;
    scene.seed = sample.seed;
    return scene;
}

class SceneButton : public QAbstractButton {
  public:
    SceneButton(const QString& file, const QString& name) : m_image(file) {
        setCursor(Qt::PointingHandCursor);
        setAccessibleName(name);
        setToolTip(name);
        setAttribute(Qt::WA_Hover);
    }
    QSize sizeHint() const override { return {px(kSide), px(kSide)}; }
    QSize minimumSizeHint() const override { return {px(kSide / 2), px(kSide)}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        QPainterPath clip;
        clip.addRoundedRect(rect(), px(3), px(3));
        painter.setClipPath(clip);
        painter.drawImage(rect(), m_image.scaled(size() * devicePixelRatioF(), Qt::KeepAspectRatioByExpanding,
                                                 Qt::SmoothTransformation));
        painter.setClipping(false);
        const bool marked = hasFocus() || underMouse();
        paintFrame(painter, rect(), px(3), Qt::transparent, colour(marked ? &Tokens::accent : &Tokens::border),
                   marked ? 2 : 1);
    }

  private:
    QImage m_image;
};

}  // namespace

QString knowledgeOf(const ModelInfo& model) {
    if (model.knows == "coloured shapes")
        return model.name == "Demo model" ? SampleScenes::tr("The demo model knows coloured shapes.")
                                          : SampleScenes::tr("This model knows coloured shapes.");
    return SampleScenes::tr("This model knows %1.").arg(engineText(model.knows));
}

SampleScenes::SampleScenes(Services& services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_folder(std::make_shared<QTemporaryDir>(QDir::tempPath() + "/diagonal-scenes-XXXXXX")),
      m_row(new QHBoxLayout),
      m_hint(new QWidget),
      m_first(new FirstModel(services)),
      m_knows(new TextLabel({}, 12, 400, &Tokens::text2)) {
    auto* link = new LinkLabel(tr("open a CLIP model…"));
    link->setLook(12, 600);
    connect(link, &QAbstractButton::clicked, &services, &Services::modelsRequested);
    auto* photographs = new QHBoxLayout(m_hint);
    photographs->setContentsMargins(0, 0, 0, 0);
    photographs->setSpacing(px(4));
    photographs->addWidget(new TextLabel(tr("For photographs,"), 12, 400, &Tokens::text2));
    photographs->addWidget(link);
    photographs->addStretch();

    m_row->setSpacing(px(8));
    auto* row = makeRow(
        {{makeColumn({new TextLabel(tr("Or try a sample scene"), 13, 600), m_knows, m_hint, stretch()}, 6), 1}, m_row},
        16);
    row->addStrut(px(kSide + 4));
    setLayout(makeColumn({row, m_first}, 8));
    connect(&services.engine(), &EngineService::modelChanged, this, &SampleScenes::modelChanged);
    connect(&services, &Services::recentModelsChanged, this, &SampleScenes::modelChanged);
    modelChanged();
    draw();
}

void SampleScenes::draw() {
    QStringList files;
    for (size_t i = 0; i < std::size(kSamples); ++i)
        files << m_folder->filePath(QStringLiteral("scene-%1.png").arg(i + 1));
    auto work = [files, folder = m_folder](const JobContext& context) {
        for (size_t i = 0; i < std::size(kSamples); ++i) {
            context.throwIfStopped();
            const std::vector<uint8_t> png = encodePng(drawScene(sceneOf(kSamples[i]), kSceneSize));
            writeFile(toPath(files[static_cast<qsizetype>(i)]),
                      {reinterpret_cast<const char*>(png.data()), png.size()});
        }
    };
    EngineService::TaskHandler handler;
    handler.finished = [this, files] { show(files); };
    handler.failed = [this](const JobError&) { hide(); };  // a convenience only: the other ways in remain
    m_services.engine().runTask(this, tr("Drawing sample scenes"), std::move(work), std::move(handler));
}

void SampleScenes::show(const QStringList& files) {
    for (qsizetype i = 0; i < files.size(); ++i) {
        auto* button = new SceneButton(files[i], tr("Sample scene %1").arg(i + 1));
        connect(button, &QAbstractButton::clicked, this, [this, file = files[i]] { Q_EMIT chosen(file); });
        m_row->addWidget(button);
    }
}

void SampleScenes::modelChanged() {
    const ModelInfo* model = m_services.engine().model();
    const bool limited = model != nullptr && !model->knows.empty();
    m_knows->setText(limited ? knowledgeOf(*model) : tr("Drawings of coloured shapes, to see how labelling works."));
    const bool hasOwn = !m_services.recentModels().isEmpty();
    m_hint->setVisible(limited && hasOwn);
    m_first->setVisible(limited && !hasOwn);
}

}  // namespace diagonal
