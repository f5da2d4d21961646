#pragma once
// The jobs that bring payments to their end, by way of flows/settle.hpp.
#include <unordered_map>

#include "flows/context.hpp"
#include "jobs/job.hpp"

namespace payweir::jobs {

// At start: operations that an earlier life of this process recorded and never heard of. Nobody is sending
// them any more, so they are asked about at once, not when their time to ask has come. What was asked about
// is no longer dispatching, so a crash in the middle only leaves less to do.
class RecoverJob final : public Job {
 public:
  explicit RecoverJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "recover"; }
  [[nodiscard]] Pace pace() const override { return {seconds(1)}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  flows::Context& context_;
  bool is_done_ = false;  // none was left: no operation gets older than the process
};

// Asks about operations whose outcome is not known, when it is time to ask; the only one that may fence.
class ResolveJob final : public Job {
 public:
  explicit ResolveJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "resolve"; }
  [[nodiscard]] Pace pace() const override { return {milliseconds(250)}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  flows::Context& context_;
};

// Works off gateways' callbacks, which were acknowledged when they were stored.
class InboxJob final : public Job {
 public:
  explicit InboxJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "inbox"; }
  [[nodiscard]] Pace pace() const override { return {milliseconds(100)}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  flows::Context& context_;
};

// Looks at callbacks again that were about nothing: a week long, ever less often.
class OrphanJob final : public Job {
 public:
  explicit OrphanJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "orphan"; }
  [[nodiscard]] Pace pace() const override { return {seconds(60), 8}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  static constexpr Duration kFor = days(7);
  flows::Context& context_;
};

// Ends payments that nobody paid in time.
class ExpireJob final : public Job {
 public:
  explicit ExpireJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "expire"; }
  [[nodiscard]] Pace pace() const override { return {seconds(5)}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  struct Try {
    std::int64_t count = 0;
    Instant next;
  };
  flows::Context& context_;
  // Payments that stay due because their gateway will not let go of them: each try sends a void, so the
  // next one waits longer.
  std::unordered_map<std::int64_t, Try> tried_;
};

// Looks once a day whether the gateway still holds what waits for its capture: a callback that told of its
// end may have been lost.
class WatchJob final : public Job {
 public:
  explicit WatchJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "watch"; }
  [[nodiscard]] Pace pace() const override { return {seconds(30), 8}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  static constexpr Duration kEvery = hours(24);
  flows::Context& context_;
};

// Gives back what succeeded late, again and again until the gateway has done it.
class ReverseJob final : public Job {
 public:
  explicit ReverseJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "reverse"; }
  [[nodiscard]] Pace pace() const override { return {seconds(5), 8}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  static constexpr Duration kEvery = minutes(5);  // the next try after one that was refused
  flows::Context& context_;
};

}  // namespace payweir::jobs
