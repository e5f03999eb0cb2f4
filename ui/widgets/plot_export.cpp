// SPDX-License-Identifier: GPL-3.0-or-later
#include <QMenu>
#include <QSvgGenerator>
#include <set>

#include "ui/widgets/export_menu.h"
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
    for (const PlotCurve& curve : m_impl->curves)
        text += ',' + csvField(curve.style.name);
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

void PlotView::Impl::showMenu(const QPoint& globalPosition) {
    QMenu menu(view);
    addExports(menu, view,
               {title->text(), [this] { return view->picture(); }, [this] { return view->csv(); },
                [this](QIODevice& file) { draw(file); }});
    menu.addSeparator();
    menu.addAction(PlotView::tr("Fit"), view, [this] { fit(); });
    menu.exec(globalPosition);
}

void PlotView::Impl::draw(QIODevice& file) {
    QSvgGenerator generator;
    generator.setOutputDevice(&file);
    generator.setTitle(title->text());
    generator.setSize(plot->size());
    generator.setViewBox(QRect(QPoint(0, 0), plot->size()));
    QCPPainter painter;
    painter.begin(&generator);
    painter.setMode(QCPPainter::pmVectorized);
    plot->toPainter(&painter, plot->width(), plot->height());
    painter.end();
}

}  // namespace diagonal
