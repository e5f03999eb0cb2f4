// SPDX-License-Identifier: GPL-3.0-or-later
#include <QGridLayout>
#include <QLocale>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/base/engine_texts.h"
#include "ui/style/layouts.h"
#include "ui/train/data_page.h"
#include "ui/train/data_widgets.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kMostFindings = 30;

/// A number over its name.
class Count : public QWidget {
  public:
    explicit Count(const QString& name) : m_value(new TabularLabel(QStringLiteral("–"), 20, 500)) {
        m_value->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        setLayout(makeColumn({m_value, new ElidedLabel(name, 12, 400, &Tokens::text2)}));
    }
    void set(const QString& text) { m_value->setText(text); }

  private:
    TabularLabel* m_value;
};

/// Icon and a note that wraps.
class Finding : public QWidget {
  public:
    Finding(const QString& icon, ColourRole role, const QString& text) : m_icon(icon), m_role(role) {
        m_mark = new QLabel;
        auto* label = makeWrapped(text, 12);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        setLayout(makeRow({{m_mark, 0, Qt::AlignTop}, {label, 1}}, 8, {0, 10, 0, 10}));
        followTheme(this, [this] {
            m_mark->setPixmap(Theme::instance().pixmap(m_icon, px(16), colour(m_role), devicePixelRatioF()));
        });
    }

  private:
    QString m_icon;
    ColourRole m_role;
    QLabel* m_mark;
};

}  // namespace

struct DataPanel::Impl {
    Count *images, *captions, *perImage, *unreadable, *missing, *words;
    SectionHeader* lengths;
    WordsHistogram* histogram;
    SectionHeader* findingsHeader;
    Pill* findingsCount;
    QVBoxLayout* findings;
};

DataPanel::DataPanel(QWidget* parent) : QWidget(parent), m_impl(new Impl) {
    connect(this, &QObject::destroyed, [impl = m_impl] { delete impl; });
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(px(8));
    grid->setVerticalSpacing(px(14));
    m_impl->images = new Count(tr("images"));
    m_impl->captions = new Count(tr("captions"));
    m_impl->perImage = new Count(tr("captions an image"));
    m_impl->unreadable = new Count(tr("unreadable files"));
    m_impl->missing = new Count(tr("missing images"));
    m_impl->words = new Count(tr("words in use"));
    Count* counts[] = {m_impl->images,     m_impl->captions, m_impl->perImage,
                       m_impl->unreadable, m_impl->missing,  m_impl->words};
    for (int i = 0; i < 6; ++i) {
        grid->addWidget(counts[i], i / 3, i % 3);
        grid->setColumnStretch(i % 3, 1);
    }
    m_impl->lengths = new SectionHeader(tr("Words a caption"));
    m_impl->histogram = new WordsHistogram;
    m_impl->findingsHeader = new SectionHeader(tr("Worth a look"));
    m_impl->findingsCount = new Pill({}, Pill::Kind::Warn);
    m_impl->findingsHeader->addRight(m_impl->findingsCount);
    auto* list = new QWidget;
    m_impl->findings = new QVBoxLayout(list);
    m_impl->findings->setContentsMargins(0, 0, px(4), 0);
    m_impl->findings->setSpacing(0);
    auto* scroll = makeScroll(list);
    scroll->setFocusPolicy(Qt::StrongFocus);  // the keyboard has no other way to what is below
    scroll->setAccessibleName(tr("Worth a look"));
    setLayout(makeColumn({grid,
                          gap(8),
                          new Hairline,
                          m_impl->lengths,
                          m_impl->histogram,
                          new Hairline,
                          m_impl->findingsHeader,
                          {scroll, 1}},
                         8, {16, 16, 16, 8}));
    clear();
}

void DataPanel::clear() {
    Count* counts[] = {m_impl->images,     m_impl->captions, m_impl->perImage,
                       m_impl->unreadable, m_impl->missing,  m_impl->words};
    for (Count* count : counts)
        count->set(QStringLiteral("–"));
    m_impl->lengths->setNote({});
    m_impl->histogram->setLengths({});
    m_impl->findingsHeader->setNote({});
    m_impl->findingsCount->hide();
    while (QLayoutItem* item = m_impl->findings->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

void DataPanel::setNote(const QString& note) {
    m_impl->findingsHeader->setNote(note);
}

void DataPanel::showSummary(const DatasetSummary& summary, bool imagesChecked) {
    clear();
    const auto number = [](size_t value) { return formatCount(static_cast<qint64>(value)); };
    m_impl->images->set(number(summary.images));
    m_impl->captions->set(number(summary.captions));
    if (summary.images > 0)
        m_impl->perImage->set(
            QLocale().toString(static_cast<double>(summary.captions) / static_cast<double>(summary.images), 'f', 1));
    if (imagesChecked || summary.kind == "Scenes") m_impl->unreadable->set(number(summary.unreadable.size()));
    m_impl->missing->set(number(summary.missing));
    m_impl->words->set(number(summary.words));
    m_impl->histogram->setLengths(summary.captionLengths);
    m_impl->lengths->setNote(tr("%Ln caption(s)", nullptr, static_cast<int>(summary.captions)));

    int warnings = 0;
    const auto add = [&](const QString& text, bool warning) {
        if (m_impl->findings->count() > 0) m_impl->findings->addWidget(new Hairline);
        m_impl->findings->addWidget(new Finding(warning ? QStringLiteral("ui/warning") : QStringLiteral("ui/info"),
                                                warning ? &Tokens::warn : &Tokens::text2, text));
        warnings += warning ? 1 : 0;
    };
    int left = kMostFindings;
    for (const auto* texts : {&summary.unreadable, &summary.warnings})
        for (const std::string& text : *texts)
            if (left-- > 0) add(engineText(text), true);
    if (left < 0) add(tr("%1 more like these").arg(formatCount(-left)), true);
    if (summary.duplicateCaptions > 0)
        add(tr("Captions that stand at more than one image: %Ln. In a batch they count as matches, not as negatives.",
               nullptr, static_cast<int>(summary.duplicateCaptions)),
            false);
    if (summary.images > 0 && summary.captions > summary.images)
        add(tr("Several captions for an image: a batch takes one of them at a time."), false);
    if (summary.unassigned > 0 && summary.train > 0)
        add(tr("Images in no split file: %Ln. They are trained on.", nullptr, static_cast<int>(summary.unassigned)),
            false);
    if (m_impl->findings->count() == 0) add(tr("Nothing stands out."), false);
    m_impl->findings->addStretch();
    m_impl->findingsCount->set(formatCount(warnings), Pill::Kind::Warn);
    m_impl->findingsCount->setVisible(warnings > 0);
}

}  // namespace diagonal
