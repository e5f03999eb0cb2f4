// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/table_strip.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/base/settings.h"
#include "ui/label/bar_list.h"
#include "ui/label/confusion_view.h"
#include "ui/pictures/image_table_model.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kStripHead = 44, kStripBody = 130;
enum Page { CountsPage, ConfusionPage, NothingPage };

}  // namespace

TableStrip::TableStrip(ImageTableModel& table, QWidget* parent)
    : Panel(&Tokens::surface, Qt::TopEdge, parent),
      m_table(table),
      m_tabs(new SegmentedControl),
      m_note(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_fold(new IconButton("ui/chevron-down", tr("Hide counts and confusion"))),
      m_pages(new QStackedWidget),
      m_counts(new BarList),
      m_confusion(new ConfusionView) {
    m_tabs->addSegment(tr("Counts"));
    m_tabs->addSegment(tr("Confusion"));
    m_tabs->setCurrentIndex(settings().value("label/tableStripTab", 0).toInt() == 1 ? 1 : 0);
    m_tabs->setAccessibleName(tr("Below the table"));
    auto* nothing = makeWrapped(tr("When the pictures lie in folders that are named like labels, such as “cat” and "
                                   "“dog”, this shows how often label and folder agree."),
                                13, 400, &Tokens::text2);
    nothing->setAlignment(Qt::AlignCenter);
    nothing->setContentsMargins(px(24), 0, px(24), px(16));
    m_pages->addWidget(m_counts);
    m_pages->addWidget(m_confusion);
    m_pages->addWidget(nothing);

    auto* head = new QWidget;
    head->setFixedHeight(px(kStripHead));
    head->setLayout(makeRow({m_tabs, {m_note, 1}, m_fold}, 12, {16, 1, 8, 0}));
    auto* body = new QHBoxLayout;
    body->setContentsMargins(px(8), 0, 0, px(4));
    body->addWidget(m_pages);
    setLayout(makeColumn({head, {body, 1}}));

    connect(m_tabs, &SegmentedControl::currentChanged, this, [this](int tab) {
        settings().setValue("label/tableStripTab", tab);
        setOpen(true);
        showPage();
    });
    connect(m_fold, &QAbstractButton::clicked, this, [this] { setOpen(!m_open); });
    connect(m_counts, &BarList::chosen, this, &TableStrip::labelChosen);
    connect(m_counts, &BarList::exportClicked, this,
            [this] { Q_EMIT countsExported(countsCsv(m_table.images().labels(), m_table.images().givenCounts())); });
    connect(&table, &ImageTableModel::refreshed, this, &TableStrip::refresh);
    setOpen(settings().value("label/tableStripOpen", true).toBool());
    refresh();
}

void TableStrip::setOpen(bool open) {
    m_open = open;
    m_pages->setVisible(open);
    m_fold->setIconName(open ? "ui/chevron-down" : "ui/chevron-right");
    m_fold->setToolTip(open ? tr("Hide counts and confusion") : tr("Show counts and confusion"));
    m_fold->setAccessibleName(m_fold->toolTip());
    setMinimumHeight(px(open ? kStripHead + kStripBody : kStripHead));
    setMaximumHeight(open ? QWIDGETSIZE_MAX : px(kStripHead));
    settings().setValue("label/tableStripOpen", open);
}

void TableStrip::showConfusion(bool shown) {
    m_tabs->setCurrentIndex(shown ? 1 : 0);
}

void TableStrip::refresh() {
    m_counts->set(tr("Images per label"), countRows(m_table.images().labels(), m_table.images().givenCounts()), {});
    m_confusion->matrix().set(m_table.confusion());
    showPage();
}

void TableStrip::showPage() {
    const Confusion& confusion = m_confusion->matrix().confusion();
    m_pages->setCurrentIndex(m_tabs->currentIndex() == 0 ? CountsPage
                             : confusion.isEmpty()       ? NothingPage
                                                         : ConfusionPage);
    m_note->setText(confusion.isEmpty()
                        ? QString()
                        : tr("Label and folder agree for %1 of %2 pictures: %3")
                              .arg(formatCount(confusion.right()), formatCount(confusion.known()),
                                   confusion.right() == confusion.known() ? QStringLiteral("100%")
                                                                          : formatPercent(confusion.accuracy())));
}

}  // namespace diagonal
