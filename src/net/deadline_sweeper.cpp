#include "net/deadline_sweeper.hpp"

#include <boost/asio/steady_timer.hpp>

namespace payweir::net {

// The timer's handler may be queued when the sweeper goes away; it then finds `owner` empty.
struct DeadlineSweeper::Ticker {
  Ticker(boost::asio::any_io_executor executor, DeadlineSweeper* sweeper)
      : timer(std::move(executor)), owner(sweeper) {}
  boost::asio::steady_timer timer;
  DeadlineSweeper* owner;
};

DeadlineSweeper::DeadlineSweeper(boost::asio::any_io_executor executor, Span tick)
    : tick_(tick), ticker_(std::make_shared<Ticker>(std::move(executor), this)) {}

DeadlineSweeper::~DeadlineSweeper() {
  ticker_->owner = nullptr;
  ticker_->timer.cancel();
}

void DeadlineSweeper::wait_for_tick() {
  ticking_ = true;
  ticker_->timer.expires_after(tick_);
  ticker_->timer.async_wait([ticker = ticker_](const boost::system::error_code& ec) {
    if (!ec && ticker->owner) ticker->owner->sweep();
  });
}

void DeadlineSweeper::sweep() {
  const TimePoint now = std::chrono::steady_clock::now();
  bool any_armed = false;
  cursor_ = first_;
  while (cursor_) {
    Deadline& deadline = *cursor_;
    cursor_ = deadline.next_;
    any_armed |= deadline.when_ != TimePoint::max();
    if (deadline.when_ <= now) deadline.on_deadline();
  }
  ticking_ = false;
  if (any_armed) wait_for_tick();
}

DeadlineSweeper::Deadline::Deadline(DeadlineSweeper& sweeper) : sweeper_(sweeper), next_(sweeper.first_) {
  if (next_) next_->previous_ = this;
  sweeper_.first_ = this;
}

DeadlineSweeper::Deadline::~Deadline() {
  (previous_ ? previous_->next_ : sweeper_.first_) = next_;
  if (next_) next_->previous_ = previous_;
  if (sweeper_.cursor_ == this) sweeper_.cursor_ = next_;
}

void DeadlineSweeper::Deadline::arm_at(TimePoint when) {
  when_ = when;
  if (!sweeper_.ticking_) sweeper_.wait_for_tick();
}

}  // namespace payweir::net
