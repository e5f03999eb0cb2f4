// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/train/data_preview.h"

namespace diagonal {

/// How many images are in each split, as one bar with its legend.
class SplitBar : public QWidget {
    Q_OBJECT

  public:
    explicit SplitBar(QWidget* parent = nullptr);
    void setSummary(const DatasetSummary& summary);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Part {
        QString name;
        size_t count;
        QColor (*colour)();
    };
    std::vector<Part> m_parts;
};

/// Captions by their number of words, with the median.
class WordsHistogram : public QWidget {
    Q_OBJECT

  public:
    explicit WordsHistogram(QWidget* parent = nullptr);
    void setLengths(std::vector<size_t> lengths);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<size_t> m_lengths;
};

/// Pictures with one caption each, four in a row.
class SampleGrid : public QWidget {
    Q_OBJECT

  public:
    explicit SampleGrid(QWidget* parent = nullptr);
    void setSamples(std::vector<DataSample> samples);
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    QRect tile(int index) const;

    std::vector<DataSample> m_samples;
};

}  // namespace diagonal
