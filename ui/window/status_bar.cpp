// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/status_bar.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>
#include <memory>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/shell/services.h"
#include "ui/style/paint.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/tabular.h"
#include "ui/window/job_row.h"

namespace diagonal {

namespace {

/// A small picture that is no button.
class IconLabel : public QWidget {
  public:
    explicit IconLabel(const QString& icon) : m_icon(icon) {
        followTheme(this, [this] {
            setFixedSize(px(18), px(18));
            update();
        });
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintIcon(painter, rect(), m_icon, colour(&Tokens::text2));
    }

  private:
    QString m_icon;
};

}  // namespace

ModelButton::ModelButton(QWidget* parent) : PaintedButton(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void ModelButton::show(const QString& name, const QString& temperature) {
    setText(name);
    m_temperature = temperature;
    setAccessibleName(tr("Model: %1").arg(name));
    updateGeometry();
    update();
}

QSize ModelButton::sizeHint() const {
    const int name = QFontMetrics(Theme::instance().font(12, 600)).horizontalAdvance(text());
    const int temperature = qRound(tabularWidth(Theme::instance().font(12), m_temperature));
    return {px(30) + name + (m_temperature.isEmpty() ? 0 : px(9) + temperature) + px(8), px(24)};
}

void ModelButton::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    if (underMouse() || isDown())
        paintFrame(painter, rect(), px(5), isDown() ? t.pressed : t.hover, Qt::transparent, 0);
    if (hasFocus()) paintFocus(painter, rect(), px(5));
    const auto mirrored = [&](const QRect& part) { return QStyle::visualRect(layoutDirection(), rect(), part); };
    const Qt::Alignment start = QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft | Qt::AlignVCenter);
    paintIcon(painter, mirrored({px(6), 0, px(16), height()}), QStringLiteral("models"), t.text2);
    const QFont strong = Theme::instance().font(12, 600);
    painter.setFont(strong);
    painter.setPen(t.text);
    const int name = QFontMetrics(strong).horizontalAdvance(text());
    painter.drawText(mirrored({px(30), 0, name + 2, height()}), static_cast<int>(start), text());
    painter.setFont(Theme::instance().font(12));
    painter.setPen(t.text2);
    drawTabular(painter, mirrored({px(39) + name, 0, width() - px(39) - name, height()}), m_temperature, start);
}

StatusBar::StatusBar(Services& services, QWidget* parent)
    : Panel(&Tokens::window, Qt::TopEdge, parent),
      m_services(services),
      m_model(new ModelButton),
      m_deviceIcon(new IconLabel(QStringLiteral("ui/chip"))),
      m_device(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_idle(new ElidedLabel(tr("No jobs running"), 12, 400, &Tokens::text3)),
      m_job(new JobRow),
      m_more(new LinkLabel({})) {
    auto* row = new QHBoxLayout(this);
    row->addWidget(m_model);
    auto* line = new Hairline(Qt::Vertical);
    row->addWidget(line);
    row->addWidget(m_deviceIcon);
    row->addWidget(m_device);
    row->addStretch(1);
    row->addWidget(m_more);
    row->addWidget(m_job);
    row->addWidget(m_idle);
    m_more->setLook(12, 600);
    m_more->hide();
    m_job->hide();
    followTheme(this, [this, row, line] {
        setFixedHeight(px(28));
        line->setFixedHeight(px(14));
        row->setContentsMargins(px(8), 1, px(10), 0);
        row->setSpacing(px(8));
    });

    connect(m_model, &ModelButton::clicked, this,
            [this] { Q_EMIT modelMenuRequested(m_model->mapToGlobal(QPoint(0, 0))); });
    connect(m_more, &LinkLabel::clicked, this, &StatusBar::showJobList);
    connect(m_job, &JobRow::cancelRequested, this, &StatusBar::cancel);
    EngineService& engine = services.engine();
    connect(&engine, &EngineService::modelLoading, this, [this](const QString& name) {
        m_loading = name == QLatin1String("demo") ? tr("Demo model") : name.section(QLatin1Char('/'), -1);
        showModel();
    });
    connect(&engine, &EngineService::modelChanged, this, &StatusBar::showModel);
    connect(&engine, &EngineService::modelFailed, this, &StatusBar::showModel);
    connect(&engine, &EngineService::modelCancelled, this, &StatusBar::showModel);
    connect(&engine, &EngineService::jobsChanged, this, &StatusBar::showJobs);
    connect(&services.training(), &TrainingService::jobChanged, this, &StatusBar::showJobs);
    showModel();
    showJobs();
}

void StatusBar::showModel() {
    const EngineService& engine = m_services.engine();
    if (engine.isLoadingModel()) {
        m_model->show(tr("Opening %1…").arg(m_loading), {});
    } else if (const ModelInfo* model = engine.model()) {
        m_model->show(engineText(model->name), tr("T %1").arg(formatTemperature(model->temperature)));
        m_model->setToolTip(formatPath(fromPath(model->path)));
    } else {
        m_model->show(tr("No model"), {});
    }
    m_device->setText(engine.device());
    m_deviceIcon->setVisible(!engine.device().isEmpty());
}

QList<StatusBar::Entry> StatusBar::entries() const {
    QList<Entry> all;
    for (const JobState& job : m_services.engine().jobs())
        all.append({job, false});
    if (m_services.training().isRunning()) all.append({m_services.training().job(), true});
    return all;
}

void StatusBar::cancel(JobId job, bool isRun) {
    if (isRun) {
        m_services.training().stop();
    } else {
        m_services.engine().cancel(job);
    }
}

void StatusBar::showJobs() {
    m_device->setText(m_services.engine().device());
    m_deviceIcon->setVisible(!m_services.engine().device().isEmpty());
    const QList<Entry> all = entries();
    m_idle->setVisible(all.isEmpty());
    m_job->setVisible(!all.isEmpty());
    m_more->setVisible(all.size() > 1);
    if (all.isEmpty()) return;
    m_job->show(all.first().job, all.first().isRun);
    m_more->setText(tr("%n more", nullptr, static_cast<int>(all.size()) - 1));
    m_more->updateGeometry();
}

void StatusBar::showJobList() {
    auto* popup = new QFrame(this, Qt::Popup);
    popup->setAttribute(Qt::WA_DeleteOnClose);
    popup->setFrameShape(QFrame::StyledPanel);
    popup->setBackgroundRole(QPalette::ToolTipBase);
    popup->setAutoFillBackground(true);
    auto* column = new QVBoxLayout(popup);
    column->setContentsMargins(px(16), px(8), px(8), px(8));
    column->setSpacing(px(4));
    // Rows are matched to jobs anew at each change; each cancels what it shows. One may be deleted by its own click.
    const auto fill = [this, popup, column] {
        const QList<Entry> all = entries();
        if (all.isEmpty()) return static_cast<void>(popup->close());
        while (column->count() > all.size())
            std::unique_ptr<QLayoutItem>(column->takeAt(column->count() - 1))->widget()->deleteLater();
        while (column->count() < all.size()) {
            auto* row = new JobRow;
            connect(row, &JobRow::cancelRequested, this, &StatusBar::cancel);
            column->addWidget(row);
        }
        for (int i = 0; i < all.size(); ++i)
            static_cast<JobRow*>(column->itemAt(i)->widget())->show(all[i].job, all[i].isRun);
        popup->adjustSize();
        popup->move(mapToGlobal(QPoint(width() - popup->width() - px(8), -popup->height() - px(4))));
    };
    connect(&m_services.engine(), &EngineService::jobsChanged, popup, fill);
    connect(&m_services.training(), &TrainingService::jobChanged, popup, fill);
    fill();
    popup->show();
}

}  // namespace diagonal
