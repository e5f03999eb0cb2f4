// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>
#include <memory>
#include <vector>

#include "ui/style/theme.h"

namespace diagonal {

/// A curve of a plot. Colours of the guide: imageToText, textToImage, text (validation), fourth, accent.
struct PlotSeries {
    QString name;  ///< empty: the legend shows the value alone, words after two spaces in a quieter tone
    ColourRole colour = &Tokens::accent;
    bool dashed = false;
    bool smoothed = false;  ///< raw values at 30 % behind a centred mean
};

/// What stands on the x axis.
enum class PlotMarker { Checkpoint, Best, Resumed, Skipped };

/// Curves over one x, with title and legend (swatch, name, value at the cursor, else the latest) above. Wheel zooms x,
/// drag pans, double click fits; the context menu copies and exports. Keys: arrows, Home and End move the cursor from
/// point to point, plus and minus zoom there, 0 fits, Enter picks. Replots are queued, so data may come often.
class PlotView : public QWidget {
    Q_OBJECT

  public:
    struct Impl;  ///< of the plot's own files

    explicit PlotView(const QString& title, QWidget* parent = nullptr);
    ~PlotView() override;

    void setTitle(const QString& title);

    int addSeries(const PlotSeries& series);
    void clearSeries();
    /// x ascending. NaN breaks the line.
    void setData(int series, std::vector<double> x, std::vector<double> y);
    void append(int series, double x, double y);
    void clearData();
    /// Window of the centred mean, in points.
    void setSmoothing(int points);

    /// A dashed line named in the plot: "chance: ln 256 = 5.545".
    void addReference(double y, const QString& name, ColourRole colour = &Tokens::text2);
    void clearReferences();
    void addMarker(double x, PlotMarker marker, const QString& text = {});
    void clearMarkers();

    /// "step": the cursor's label says "step 2,600".
    void setXName(const QString& name);
    /// What x shows when fitted; without it, the data's range.
    void setFullRange(double low, double high);
    /// A fixed y range; without it, the data's (from 0 where that is near).
    void setYRange(double low, double high);
    void setYFormat(std::function<QString(double)> format);       ///< of axis labels
    void setLegendFormat(std::function<QString(double)> format);  ///< default: 3 decimals
    void setLogarithmic(bool x, bool y);
    /// Labels at the right for the same lines: temperature beside logit scale.
    void setRightFormat(std::function<QString(double)> format);

    /// Moves the cursor line; NaN takes it away.
    void setCursorAt(double x);
    /// Clicking or dragging on the plot also says a position (for a slider over x).
    void setPicking(bool picking);
    /// These plots share cursor and x range from now on.
    static void link(const QList<PlotView*>& plots);

    /// How often a curve was made anew, for a test.
    int dataRefreshes() const;
    /// What the legend says, in words: "step 120: image-to-text 3.104, validation 3.250".
    QString reading() const;
    QPixmap picture() const;
    /// All series as CSV: x, then a column each.
    QByteArray csv() const;

    QSize sizeHint() const override;

  Q_SIGNALS:
    void cursorMoved(double x);  ///< by the pointer; NaN when it leaves
    void picked(double x);
    void rangeChanged(double low, double high);  ///< by the person

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    std::unique_ptr<Impl> m_impl;
};

/// Centred mean over `window` points that does not lag. Near the ends a straight line through what is left of the
/// window: the last point alone would be a spike that is none.
std::vector<double> smoothed(const std::vector<double>& values, int window);

}  // namespace diagonal
