// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/style.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QCheckBox>
#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QRadioButton>
#include <QSlider>
#include <QStyledItemDelegate>

#include "ui/style/looks.h"
#include "ui/style/paint.h"

namespace diagonal {

namespace {

constexpr int kListPadding = 10;  ///< of a combo box's list

bool isField(const QWidget* widget) {
    return qobject_cast<const QAbstractScrollArea*>(widget) != nullptr;
}

bool isInPopup(const QWidget* widget) {
    return widget != nullptr && widget->window()->windowType() == Qt::Popup;
}

/// Rows of a combo box's list; its own delegate asks no style for their size.
class ListDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        if (!isSeparator(index)) return QStyledItemDelegate::paint(painter, option, index);
        painter->fillRect(option.rect.x(), option.rect.center().y(), option.rect.width(), 1, colour(&Tokens::border));
    }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        return isSeparator(index) ? QSize(px(10), px(9)) : QStyledItemDelegate::sizeHint(option, index);
    }

  private:
    static bool isSeparator(const QModelIndex& index) {
        return index.data(Qt::AccessibleDescriptionRole).toString() == QLatin1String("separator");
    }
};

/// Buttons that Enter presses as Space does. Qt gives Enter to a dialog's default button, elsewhere to none.
bool takesEnter(const QWidget* widget) {
    return qobject_cast<const QAbstractButton*>(widget) != nullptr &&
           qobject_cast<const QCheckBox*>(widget) == nullptr && qobject_cast<const QRadioButton*>(widget) == nullptr;
}

}  // namespace

Style::Style() : QProxyStyle(QStringLiteral("Fusion")) {
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    const Tokens& t = Theme::instance().tokens();
    const bool enabled = option->state & State_Enabled;
    switch (element) {
        case PE_FrameFocusRect:
            if (showsFocus(*option)) paintFocus(*painter, option->rect, px(4));
            return;
        case PE_PanelLineEdit:
            if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
                frame != nullptr && frame->lineWidth > 0) {
                const bool invalid = widget != nullptr && widget->property("invalid").toBool();
                paintControlFrame(*painter, option->rect, enabled ? t.surface : QColor(Qt::transparent), enabled,
                                  (option->state & State_HasFocus) != 0, invalid ? &Tokens::error : &Tokens::outline);
            }
            return;
        case PE_FrameLineEdit:
        case PE_IndicatorHeaderArrow:  // with the label
            return;
        case PE_Frame:
            if (isInPopup(widget)) {
                paintFrame(*painter, option->rect, 0, t.raised, t.border);
            } else if (isField(widget)) {
                paintControlFrame(*painter, option->rect, enabled ? t.surface : QColor(Qt::transparent), enabled,
                                  (option->state & State_HasFocus) != 0);
            } else {
                paintFrame(*painter, option->rect, 0, Qt::transparent, t.border);
            }
            return;
        case PE_IndicatorCheckBox:
        case PE_IndicatorItemViewItemCheck:
            paintCheckBox(*painter, *option);
            return;
        case PE_IndicatorRadioButton:
            paintRadioButton(*painter, *option);
            return;
        case PE_PanelMenu:
            painter->fillRect(option->rect, t.raised);
            return;
        case PE_FrameMenu:
            paintFrame(*painter, option->rect, 0, Qt::transparent, t.border);
            return;
        case PE_PanelTipLabel:
            paintFrame(*painter, option->rect, 0, t.raised, t.border);
            return;
        case PE_PanelStatusBar:
        case PE_FrameStatusBarItem:
        case PE_PanelMenuBar:
        case PE_FrameWindow:
        case PE_PanelScrollAreaCorner:
            return;
        default:
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
    switch (element) {
        case CE_PushButton:
            if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
                paintPushButton(*painter, *button, widget);
            return;
        case CE_ComboBoxLabel:
            if (const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option))
                paintComboLabel(*painter, *box, subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget), widget);
            return;
        case CE_MenuItem:
            if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
                paintMenuItem(*painter, *item);
            return;
        case CE_MenuBarItem:
            if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
                paintMenuBarItem(*painter, *item);
            return;
        case CE_MenuEmptyArea:
        case CE_MenuBarEmptyArea:
            return;
        case CE_Header:  // Qt's own asks itself, not this style, where the label stands
            if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
                QStyleOptionHeader label(*header);
                label.rect = subElementRect(SE_HeaderLabel, option, widget);
                paintHeaderSection(*painter, *header);
                paintHeaderLabel(*painter, label);
            }
            return;
        case CE_HeaderSection:
        case CE_HeaderEmptyArea:
            if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
                paintHeaderSection(*painter, *header);
            } else {
                painter->fillRect(option->rect, colour(&Tokens::surface));
            }
            return;
        case CE_Splitter:
            painter->fillRect(option->rect, colour(&Tokens::border));
            return;
        default:
            QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const {
    const auto part = [&](SubControl subControl) { return subControlRect(control, option, subControl, widget); };
    if (control == CC_ComboBox) {
        if (const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option))
            return paintComboBox(*painter, *box, widget);
    } else if (control == CC_SpinBox) {
        if (const auto* box = qstyleoption_cast<const QStyleOptionSpinBox*>(option))
            return paintSpinBox(*painter, *box, part(SC_SpinBoxUp), part(SC_SpinBoxDown));
    } else if (control == CC_Slider) {
        if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option))
            return paintSlider(*painter, *slider, part(SC_SliderGroove), part(SC_SliderHandle));
    } else if (control == CC_ScrollBar) {
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
            return paintScrollBar(*painter, *bar, part(SC_ScrollBarSlider));
    } else if (control == CC_ToolButton) {
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option))
            return paintToolButton(*painter, *button, widget);
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                            const QWidget* widget) const {
    const QRect area = option->rect;
    if (control == CC_ComboBox && part == SC_ComboBoxEditField)
        return visualRect(option->direction, area, area.adjusted(px(10), 2, -px(26), -2));
    if (control == CC_SpinBox && part != SC_SpinBoxFrame) {
        const int half = area.height() / 2;
        QRect place = area.adjusted(1, 1, -px(22), -1);
        if (part == SC_SpinBoxUp) place = QRect(area.right() - px(22), area.y() + 2, px(20), half - 2);
        if (part == SC_SpinBoxDown) place = QRect(area.right() - px(22), area.y() + half, px(20), half - 2);
        return visualRect(option->direction, area, place);
    }
    if (control == CC_ScrollBar) {
        if (part == SC_ScrollBarAddLine || part == SC_ScrollBarSubLine) return {};
        if (part == SC_ScrollBarGroove) return area;
        if (part == SC_ScrollBarSlider || part == SC_ScrollBarAddPage || part == SC_ScrollBarSubPage) {
            const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
            if (bar == nullptr) return {};
            const bool horizontal = bar->orientation == Qt::Horizontal;
            const int length = horizontal ? area.width() : area.height();
            const qint64 range = qint64{bar->maximum} - bar->minimum;
            const int thumb =
                range <= 0 ? length
                           : std::clamp(static_cast<int>(qint64{length} * bar->pageStep / (range + bar->pageStep)),
                                        std::min(px(28), length), length);
            const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - thumb,
                                                      bar->upsideDown);
            int from = start;
            int to = start + thumb;
            if (part == SC_ScrollBarSubPage) {
                from = 0;
                to = start;
            } else if (part == SC_ScrollBarAddPage) {
                from = start + thumb;
                to = length;
            }
            return horizontal ? QRect(area.x() + from, area.y(), to - from, area.height())
                              : QRect(area.x(), area.y() + from, area.width(), to - from);
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    if (element == SE_LineEditContents) return option->rect.adjusted(px(8), 2, -px(8), -2);
    if (element == SE_HeaderLabel) return option->rect.adjusted(px(kCellEdge), 0, -px(kCellEdge), 0);
    if (element == SE_ItemViewItemText && isInPopup(widget))
        return option->rect.adjusted(px(kListPadding), 0, -px(kListPadding), 0);
    return QProxyStyle::subElementRect(element, option, widget);
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
    switch (type) {
        case CT_PushButton:
            if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
                return pushButtonSize(*button, widget);
            break;
        case CT_ComboBox:
            return {size.width() + px(40), px(28)};
        case CT_LineEdit:
            return {size.width() + px(16), px(28)};
        case CT_SpinBox:
            return {size.width() + px(44), px(28)};
        case CT_MenuItem:
            if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) return menuItemSize(*item);
            break;
        case CT_MenuBarItem:
            return {size.width() + px(22), px(28)};
        case CT_HeaderSection:
            return {size.width() + 2 * px(kCellEdge), px(28)};
        case CT_ItemViewItem:
            if (!isInPopup(widget)) break;
            return {size.width() + 2 * px(kListPadding), std::max(px(26), size.height() + px(6))};
        default:
            break;
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
        case PM_DefaultFrameWidth:
            return isField(widget) && !isInPopup(widget) ? 3 : 1;
        case PM_ButtonShiftHorizontal:
        case PM_ButtonShiftVertical:
        case PM_MenuBarPanelWidth:
        case PM_MenuBarVMargin:
        case PM_MenuBarHMargin:
        case PM_MenuBarItemSpacing:
        case PM_ScrollView_ScrollBarSpacing:
            return 0;
        case PM_MenuPanelWidth:
            return 1;
        case PM_MenuVMargin:
            return px(4);
        case PM_MenuHMargin:
            return 0;
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
        case PM_SmallIconSize:
        case PM_ButtonIconSize:
            return px(16);
        case PM_CheckBoxLabelSpacing:
        case PM_RadioButtonLabelSpacing:
            return px(8);
        case PM_ScrollBarExtent:
            return px(12);
        case PM_ScrollBarSliderMin:
            return px(28);
        case PM_SplitterWidth:
            return 1;
        case PM_SliderThickness:
        case PM_SliderControlThickness:
        case PM_SliderLength:
            return px(20);
        case PM_LayoutHorizontalSpacing:
        case PM_LayoutVerticalSpacing:
            return px(8);
        case PM_LayoutLeftMargin:
        case PM_LayoutTopMargin:
        case PM_LayoutRightMargin:
        case PM_LayoutBottomMargin:
            return px(16);
        case PM_MessageBoxIconSize:
            return px(24);
        case PM_ToolTipLabelFrameWidth:
            return px(6);
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* result) const {
    switch (hint) {
        case SH_DialogButtonBox_ButtonsHaveIcons:
        case SH_EtchDisabledText:
        case SH_UnderlineShortcut:
        case SH_MenuBar_AltKeyNavigation:
        case SH_ComboBox_Popup:
            return hint == SH_MenuBar_AltKeyNavigation ? 1 : 0;
        case SH_Slider_AbsoluteSetButtons:
            return Qt::LeftButton;
        case SH_ItemView_ActivateItemOnSingleClick:
            return 0;
        case SH_ToolTip_WakeUpDelay:
            return 500;
        case SH_ScrollBar_Transient:
            return 0;
        default:
            return QProxyStyle::styleHint(hint, option, widget, result);
    }
}

QIcon Style::standardIcon(StandardPixmap icon, const QStyleOption* option, const QWidget* widget) const {
    switch (icon) {
        case SP_MessageBoxInformation:
        case SP_MessageBoxQuestion:
            return Theme::instance().icon(QStringLiteral("ui/info"));
        case SP_MessageBoxWarning:
            return Theme::instance().icon(QStringLiteral("ui/warning"));
        case SP_MessageBoxCritical:
            return Theme::instance().icon(QStringLiteral("ui/error"));
        default:
            return QProxyStyle::standardIcon(icon, option, widget);
    }
}

void Style::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (isField(widget) || qobject_cast<QSlider*>(widget) != nullptr) {
        widget->setAttribute(Qt::WA_Hover);
        widget->installEventFilter(this);
    } else if (auto* box = qobject_cast<QComboBox*>(widget)) {
        box->setItemDelegate(new ListDelegate(box));
    } else if (takesEnter(widget)) {
        widget->installEventFilter(this);
    } else if (widget->inherits("QTipLabel")) {
        // Names of files and labels stand in tooltips: what looks like HTML there is none.
        static_cast<QLabel*>(widget)->setTextFormat(Qt::PlainText);
    }
}

bool Style::eventFilter(QObject* watched, QEvent* event) {
    // Text fields do not repaint their frame by themselves when the focus comes or goes.
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
        if (auto* widget = qobject_cast<QWidget*>(watched)) widget->update();
    } else if (event->type() == QEvent::KeyPress) {
        const auto* keys = static_cast<QKeyEvent*>(event);
        auto* button = qobject_cast<QAbstractButton*>(watched);
        if (button != nullptr && (keys->key() == Qt::Key_Return || keys->key() == Qt::Key_Enter)) {
            if (!keys->isAutoRepeat()) button->click();
            return true;
        }
    }
    return QProxyStyle::eventFilter(watched, event);
}

}  // namespace diagonal
