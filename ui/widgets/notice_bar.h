// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

namespace diagonal {

class ElidedLabel;
class IconButton;
class LinkLabel;

/// One sentence across a panel: icon, text, a link at the right with the remedy, and a cross when it can be closed.
class NoticeBar : public QWidget {
    Q_OBJECT

  public:
    enum class Kind { Info, Warning, Error };
    explicit NoticeBar(QWidget* parent = nullptr);  ///< hidden until shown by notice()

    void notice(Kind kind, const QString& text, const QString& link = {});
    void setClosable(bool closable);
    /// Lies over the lower edge of a sibling instead of in a layout: its coming moves nothing.
    void floatOver(QWidget* sibling);
    QString text() const;

  Q_SIGNALS:
    void linkActivated();
    void closed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void placeOver();

    Kind m_kind = Kind::Info;
    QPointer<QWidget> m_ground;
    ElidedLabel* m_text;
    LinkLabel* m_link;
    IconButton* m_close;
};

}  // namespace diagonal
