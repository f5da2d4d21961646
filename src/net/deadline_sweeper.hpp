#pragma once
// One ticking timer a thread instead of one timer an operation: arming and disarming a deadline is a store.
// A deadline is late by up to one tick. While nothing is armed nothing ticks.
//
// All of it belongs to one io thread. The sweeper outlives its deadlines.
#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>

namespace payweir::net {

class DeadlineSweeper {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Span = std::chrono::steady_clock::duration;

  DeadlineSweeper(boost::asio::any_io_executor executor, Span tick);
  ~DeadlineSweeper();
  DeadlineSweeper(const DeadlineSweeper&) = delete;
  DeadlineSweeper& operator=(const DeadlineSweeper&) = delete;

  class Deadline {
   public:
    explicit Deadline(DeadlineSweeper& sweeper);
    virtual ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    void arm(Span from_now) { arm_at(std::chrono::steady_clock::now() + from_now); }
    void arm_at(TimePoint when);
    void disarm() { when_ = TimePoint::max(); }

   protected:
    // Called at every tick until disarmed, so that an operation started after it passed ends as well. May
    // destroy this deadline and others.
    virtual void on_deadline() = 0;

   private:
    friend class DeadlineSweeper;
    DeadlineSweeper& sweeper_;
    TimePoint when_ = TimePoint::max();
    Deadline* previous_ = nullptr;
    Deadline* next_ = nullptr;
  };

 private:
  struct Ticker;
  void wait_for_tick();
  void sweep();

  Span tick_;
  bool ticking_ = false;
  Deadline* first_ = nullptr;
  Deadline* cursor_ = nullptr;  // what a sweep visits next, kept true while deadlines go away
  std::shared_ptr<Ticker> ticker_;
};

}  // namespace payweir::net
