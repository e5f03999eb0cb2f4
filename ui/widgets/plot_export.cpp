// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>
#include <QSaveFile>
#include <QSvgGenerator>
#include <set>

#include "ui/widgets/plot_impl.h"

namespace diagonal {

QPixmap PlotView::picture() const {
    return const_cast<PlotView*>(this)->grab();
}

QByteArray PlotView::csv() const {
    std::set<double> positions;
    for (const PlotCurve& curve : m_impl->curves)
        positions.insert(curve.x.begin(), curve.x.end());
    QByteArray text = (m_impl->xName.isEmpty() ? QStringLiteral("x") : m_impl->xName).toUtf8();
    for (const PlotCurve& curve : m_impl->curves) {
        QString name = curve.style.name;
        text += ",\"" + name.replace(QLatin1Char('"'), QStringLiteral("\"\"")).toUtf8() + '"';
    }
    text += "\r\n";
    std::vector<size_t> next(m_impl->curves.size());
    for (const double x : positions) {
        text += QByteArray::number(x, 'g', 12);
        for (size_t i = 0; i < next.size(); ++i) {
            const PlotCurve& curve = m_impl->curves[i];
            text += ',';
            if (next[i] < curve.x.size() && curve.x[next[i]] == x) {
                if (std::isfinite(curve.y[next[i]])) text += QByteArray::number(curve.y[next[i]], 'g', 9);
                while (next[i] < curve.x.size() && curve.x[next[i]] == x)
                    ++next[i];
            }
        }
        text += "\r\n";
    }
    return text;
}

void PlotView::Impl::exportTo(const QString& suffix) {
    const QString file =
        QFileDialog::getSaveFileName(view, PlotView::tr("Export"), QStringLiteral("%1.%2").arg(title->text(), suffix),
                                     QStringLiteral("*.%1").arg(suffix));
    if (file.isEmpty()) return;
    QSaveFile target(file);
    bool written = target.open(QIODevice::WriteOnly);
    if (written && suffix == QLatin1String("csv")) {
        const QByteArray text = view->csv();
        written = target.write(text) == text.size();
    } else if (written && suffix == QLatin1String("png")) {
        written = view->picture().save(&target, "PNG");
    } else if (written) {
        QSvgGenerator generator;
        generator.setOutputDevice(&target);
        generator.setTitle(title->text());
        generator.setSize(plot->size());
        generator.setViewBox(QRect(QPoint(0, 0), plot->size()));
        QCPPainter painter;
        painter.begin(&generator);
        painter.setMode(QCPPainter::pmVectorized);
        plot->toPainter(&painter, plot->width(), plot->height());
        painter.end();
    }
    if (!written || !target.commit()) {
        QMessageBox::warning(view, PlotView::tr("Export"),
                             PlotView::tr("%1: %2. Choose another place.").arg(file, target.errorString()));
    }
}

void PlotView::Impl::showMenu(const QPoint& globalPosition) {
    QMenu menu(view);
    menu.addAction(PlotView::tr("Copy picture"), view,
                   [this] { QGuiApplication::clipboard()->setPixmap(view->picture()); });
    menu.addAction(PlotView::tr("Copy as CSV"), view,
                   [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(view->csv())); });
    menu.addSeparator();
    menu.addAction(PlotView::tr("Export PNG…"), view, [this] { exportTo(QStringLiteral("png")); });
    menu.addAction(PlotView::tr("Export SVG…"), view, [this] { exportTo(QStringLiteral("svg")); });
    menu.addAction(PlotView::tr("Export CSV…"), view, [this] { exportTo(QStringLiteral("csv")); });
    menu.addSeparator();
    menu.addAction(PlotView::tr("Fit"), view, [this] {
        isFitted = true;
        touch();
    });
    menu.exec(globalPosition);
}

}  // namespace diagonal
