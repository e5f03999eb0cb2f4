// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include <QPainter>

#include "ui/style/layouts.h"
#include "ui/style/paint.h"
#include "ui/widgets/button_row.h"
#include "ui/widgets/elided_label.h"

namespace diagonal {

namespace {

constexpr int kCells = 5;
constexpr int kPitch = 38;
constexpr int kCell = 32;

/// Pictures down, words across, matches on the diagonal.
class MatrixDrawing : public QWidget {
  public:
    MatrixDrawing() {
        followTheme(this, [this] {
            setFixedWidth(px(58 + kCells * kPitch - 6));
            setMaximumHeight(sizeHint().height());
            updateGeometry();
            update();
        });
    }
    QSize sizeHint() const override { return {px(58 + kCells * kPitch - 6), px(32 + kCells * kPitch - 6)}; }
    /// It makes room for the words.
    QSize minimumSizeHint() const override { return {0, 0}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        if (height() < sizeHint().height()) return;
        const Tokens& t = Theme::instance().tokens();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(px(100) / 100.0, px(100) / 100.0);
        static constexpr int kWords[kCells][2] = {{22, 14}, {25, 15}, {17, 12}, {24, 17}, {21, 15}};
        for (int i = 0; i < kCells; ++i) {
            painter.setPen(QPen(t.text2, 2, Qt::SolidLine, Qt::RoundCap));
            const int x = 62 + i * kPitch;
            painter.drawLine(x, 4, x + kWords[i][0] - 2, 4);
            painter.drawLine(x, 13, x + kWords[i][1] - 2, 13);
            const QRectF box(0.5, 32.5 + i * kPitch - 3, 43, 31);
            paintFrame(painter, box, 3, t.surface, t.text2);
            painter.setPen(QPen(t.text2, 1.5));
            painter.setBrush(Qt::NoBrush);
            drawShape(painter, i, box.center());
            for (int j = 0; j < kCells; ++j) {
                const QRectF cell(58 + j * kPitch, 29 + i * kPitch, kCell, kCell);
                paintFrame(painter, cell, 3, i == j ? t.accent : t.track, Qt::transparent, 0);
            }
        }
    }

  private:
    static void drawShape(QPainter& painter, int shape, const QPointF& middle) {
        if (shape == 0) {
            painter.drawEllipse(middle, 7.5, 7.5);
        } else if (shape == 1) {
            painter.drawRect(QRectF(middle.x() - 7, middle.y() - 7, 14, 14));
        } else if (shape == 2) {
            painter.drawPolygon(QPolygonF{middle + QPointF(0, -7), middle + QPointF(8, 7), middle + QPointF(-8, 7)});
        } else if (shape == 3) {
            QPolygonF star;
            for (int i = 0; i < 10; ++i) {
                const double radius = i % 2 == 0 ? 8.5 : 3.8;
                const double angle = M_PI * (i / 5.0 - 0.5);
                star << middle + radius * QPointF(std::cos(angle), std::sin(angle));
            }
            painter.drawPolygon(star);
        } else {
            QPolygonF cross;
            for (const auto& [x, y] : {std::pair{-3, -8},
                                       {3, -8},
                                       {3, -3},
                                       {8, -3},
                                       {8, 3},
                                       {3, 3},
                                       {3, 8},
                                       {-3, 8},
                                       {-3, 3},
                                       {-8, 3},
                                       {-8, -3},
                                       {-3, -3}}) {
                cross << middle + QPointF(x, y);
            }
            painter.drawPolygon(cross);
        }
    }
};

}  // namespace

EmptyState::EmptyState(const QString& title, const QString& explanation, QWidget* parent)
    : QWidget(parent),
      m_drawing(new MatrixDrawing),
      m_title(makeWrapped(title, 24, 600)),
      m_explanation(makeWrapped(explanation, 14, 400, &Tokens::text2)),
      m_buttons(new ButtonRow(Qt::AlignHCenter)) {
    m_title->setAlignment(Qt::AlignCenter);
    m_explanation->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    // Lines that the eye can follow. As wide as the row gives, so that the layout knows the height for that width.
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    m_explanation->setSizePolicy(policy);
    followTheme(this, [this] { m_explanation->setMaximumWidth(px(620)); });
    setLayout(makeColumn({stretch(5),
                          {m_drawing, 0, Qt::AlignHCenter},
                          gap(28),
                          m_title,
                          gap(6),
                          makeRow({stretch(1), {m_explanation, 1000}, stretch(1)}),
                          gap(20),
                          m_buttons,
                          stretch(6)},
                         0, {16, 16, 16, 16}));
    setDrawing(false);
}

QPushButton* EmptyState::addButton(const QString& text, const QString& icon, ButtonKind kind) {
    QPushButton* button = makeButton(text, icon, kind);
    setButtonBig(button);
    m_buttons->addButton(button);
    return button;
}

void EmptyState::setDrawing(bool shown) {
    m_hasDrawing = shown;
    showDrawing();
}

/// Words and buttons come first where there is little room.
void EmptyState::showDrawing() {
    m_drawing->setVisible(m_hasDrawing && height() >= px(480));
}

void EmptyState::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    showDrawing();
}

void EmptyState::setTexts(const QString& title, const QString& explanation) {
    m_title->setText(title);
    m_explanation->setText(explanation);
}

}  // namespace diagonal
