// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// QCustomPlot's header is written with Qt's keywords, which this project switches off.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef foreach

#include <limits>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/plot.h"

namespace diagonal {

inline constexpr double kNoPosition = std::numeric_limits<double>::quiet_NaN();

struct PlotCurve {
    PlotSeries style;
    QCPGraph* raw = nullptr;  ///< only of smoothed series
    QCPGraph* line = nullptr;
    std::vector<double> x, y, shown;
    bool isDirty = true;  ///< x, y or the smoothing are others than those drawn

    /// Height of what is drawn at x; NaN without data.
    double at(double position) const;
    double latest() const;
};

struct PlotReference {
    double y = 0;
    QString name;
    ColourRole colour = &Tokens::text2;
};

struct PlotMark {
    double x = 0;
    PlotMarker kind = PlotMarker::Checkpoint;
    QString text;
};

/// Swatch, name, value of each series, at the right of the title.
class PlotLegend : public QWidget {
  public:
    explicit PlotLegend(QWidget* parent = nullptr);
    struct Entry {
        QString name, value;
        ColourRole colour = &Tokens::accent;
        bool dashed = false;
    };
    void setEntries(const QList<Entry>& entries);
    const QList<Entry>& entries() const { return m_entries; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    /// What is shown of an entry: its name, the second part of its value, the gap behind it.
    struct Detail {
        bool name, second;
        int gap;
    };
    static constexpr Detail kDetails[] = {{true, true, 14}, {true, false, 8}, {false, false, 8}};
    static int entryWidth(const Entry& entry, const Detail& detail);
    int widthOf(const Detail& detail) const;

    QList<Entry> m_entries;
};

struct PlotView::Impl {
    explicit Impl(PlotView* view);

    PlotView* view;
    QWidget* header;
    ElidedLabel* title;
    PlotLegend* legend;
    QCustomPlot* plot;
    std::shared_ptr<QList<QPointer<PlotView>>> group;

    std::vector<PlotCurve> curves;
    QList<PlotReference> references;
    QList<PlotMark> marks;
    QString xName;
    std::function<QString(double)> yFormat, legendFormat, rightFormat;
    bool logX = false, logY = false, picking = false;
    int smoothing = 1;
    int dataRefreshes = 0;  ///< how often a curve was made anew
    double fullLow = kNoPosition, fullHigh = kNoPosition, yLow = kNoPosition, yHigh = kNoPosition;
    double cursor = kNoPosition;
    bool isFitted = true, isDirty = false, isPanning = false;
    double panStart = 0;
    QCPRange panRange;

    /// Everything is drawn anew soon, once for many calls.
    void touch();
    void refresh();
    /// The same data in another range or other colours.
    void redraw();
    void takeColours();
    void updateRanges();
    void updateMargins();
    void updateLegend();
    QCPRange dataRange() const;
    void moveCursor(double x);
    void showRange(const QCPRange& range);
    void zoom(double factor, double pixel);
    void showMenu(const QPoint& globalPosition);
    /// As SVG.
    void draw(QIODevice& file);
    /// All of x; linked plots follow.
    void fit();
    /// Here and in linked plots, and tells it.
    void spreadCursor(double x);
    /// Linked plots take the range of this one, and tells it.
    void spreadRange();
    /// The x of the next point of the first curve that has any; of NaN its first or, backwards, its last.
    double neighbour(double x, int direction) const;
    template <typename Use>
    void forLinked(Use use) {
        if (!group) return;
        for (const QPointer<PlotView>& other : *group)
            if (other != nullptr && other != view) use(*other->m_impl);
    }

    std::vector<double> xTicks() const;
    std::vector<double> yTicks() const;
    QString xText(double value) const;
    QString yText(double value) const;
};

/// Grid, axis line and numbers.
class PlotFrame : public QCPLayerable {
  public:
    PlotFrame(QCustomPlot* plot, const PlotView::Impl* impl)
        : QCPLayerable(plot, QStringLiteral("grid")), m_impl(impl) {}

  protected:
    void draw(QCPPainter* painter) override;
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }

  private:
    const PlotView::Impl* m_impl;
};

/// Reference lines, markers, the last points, the cursor.
class PlotOverlay : public QCPLayerable {
  public:
    PlotOverlay(QCustomPlot* plot, const PlotView::Impl* impl)
        : QCPLayerable(plot, QStringLiteral("overlay")), m_impl(impl) {}

  protected:
    void draw(QCPPainter* painter) override;
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }

  private:
    void drawReferences(QCPPainter* painter, const QRect& area);
    void drawMarks(QCPPainter* painter, const QRect& area);
    void drawDots(QCPPainter* painter, const QRect& area);
    void drawCursor(QCPPainter* painter, const QRect& area);

    const PlotView::Impl* m_impl;
};

}  // namespace diagonal
