// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/picture_column.h"

#include "ui/label/label_session.h"
#include "ui/label/label_strip.h"
#include "ui/label/relevance_bar.h"
#include "ui/pictures/image_list.h"
#include "ui/pictures/picture_view.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

PictureColumn::PictureColumn(EngineService& engine, LabelSession& session, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_images(session.images()),
      m_name(new ElidedLabel({}, 13, 600)),
      m_facts(new TextLabel({}, 12, 400, &Tokens::text2)),
      m_previous(new IconButton("ui/chevron-left", tr("Previous image"))),
      m_next(new IconButton("ui/chevron-right", tr("Next image"))),
      m_position(new TabularLabel({}, 12, 400, &Tokens::text2)),
      m_picture(new PictureView),
      m_relevance(new RelevanceBar),
      m_strip(new LabelStrip(engine, session)) {
    setLayout(makeColumn({header(), new Hairline, {m_picture, 1}, new Hairline, m_relevance, new Hairline, m_strip}));
    m_name->setElideMode(Qt::ElideMiddle);

    connect(m_previous, &QAbstractButton::clicked, this, [this] { Q_EMIT stepped(-1); });
    connect(m_next, &QAbstractButton::clicked, this, [this] { Q_EMIT stepped(1); });
    connect(&m_images, &ImageList::scoresChanged, this, &PictureColumn::refresh);
    connect(m_picture, &PictureView::factsKnown, this, [this](QSize size, const QString& format) {
        m_facts->setText(tr("%1 × %2 · %3").arg(size.width()).arg(size.height()).arg(format));
    });
}

QWidget* PictureColumn::header() {
    auto* header = new QWidget;
    header->setLayout(makeRow({m_name, m_facts, stretch(1), m_previous, m_position, m_next}, 8, {16, 0, 8, 0}));
    header->setFixedHeight(px(37));
    return header;
}

void PictureColumn::setImage(int row, int position, int count) {
    m_position->setText(position < 0 ? QString() : tr("%1 of %2").arg(formatCount(position + 1), formatCount(count)));
    m_previous->setEnabled(position > 0);
    m_next->setEnabled(position >= 0 && position + 1 < count);
    const quint64 image = row < 0 ? 0 : m_images.item(row).id;
    if (image != m_image) m_facts->setText({});
    m_image = image;
    m_strip->setImage(row);
    m_name->setText(row < 0 ? QString() : m_images.item(row).name);
    if (row < 0)
        m_picture->showPicture({});
    else if (!m_images.item(row).isFailed())
        m_picture->showPicture(m_images.item(row).path);
    refresh();
}

void PictureColumn::refresh() {
    const int row = m_images.rowOf(m_image);
    if (row >= 0 && m_images.item(row).isFailed())
        m_picture->showProblem(m_images.item(row).path, m_images.item(row).error);
}

}  // namespace diagonal
