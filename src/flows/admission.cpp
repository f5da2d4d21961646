#include "flows/admission.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace payweir::flows {
namespace {
// How late a want may lapse, so that not every request looks through all of them.
constexpr std::int64_t kSweepEveryUs = 100'000;
}  // namespace

Admission::Admission(std::size_t limit) : limit_(limit) {
  check(limit >= 1, "nobody would be admitted");
}

std::optional<Admission::Ticket> Admission::admit(std::int64_t merchant_no, std::int64_t now_us) {
  const BriefLock::Hold hold(lock_);
  forget_lapsed_wants(now_us);
  Merchant& merchant = merchants_[merchant_no];
  if (!may_enter(merchant_no, merchant)) {
    ++refused_;
    if (is_below_share(merchant)) want(merchant_no, merchant, now_us);
    forget_if_idle(merchant_no);
    return std::nullopt;
  }
  stop_wanting(merchant);
  ++merchant.in_flight;
  ++in_flight_;
  return Ticket(*this, merchant_no);
}

bool Admission::may_enter(std::int64_t merchant_no, const Merchant& merchant) const {
  const std::size_t held = places_held_before(merchant_no);
  if (in_flight_ + held >= limit_) return false;
  if (is_below_share(merchant)) return true;
  return held == 0 && in_flight_ + limit_ / kReservedPart < limit_;
}

std::size_t Admission::places_held_before(std::int64_t merchant_no) const {
  std::size_t places = 0;
  for (const Want& each : wants_) {
    // More than there is room for: how many more makes no difference.
    if (each.merchant_no == merchant_no || in_flight_ + places >= limit_) break;
    ++places;
  }
  return places;
}

bool Admission::is_below_share(const Merchant& merchant) const {
  return merchant.in_flight < std::max<std::size_t>(limit_ / merchants_.size(), 1);
}

void Admission::want(std::int64_t merchant_no, Merchant& merchant, std::int64_t now_us) {
  if (!merchant.want) {
    if (wants_.size() >= kWantingMax) return;
    merchant.want = wants_.insert(wants_.end(), Want{merchant_no, 0});
  }
  (*merchant.want)->until_us = now_us + kWantsInForUs;
}

void Admission::stop_wanting(Merchant& merchant) {
  if (!merchant.want) return;
  wants_.erase(*merchant.want);
  merchant.want.reset();
}

void Admission::forget_lapsed_wants(std::int64_t now_us) {
  if (wants_.empty() || now_us < next_sweep_us_) return;
  next_sweep_us_ = now_us + kSweepEveryUs;
  for (auto each = wants_.begin(); each != wants_.end();) {
    const Want seen = *each++;
    if (seen.until_us > now_us) continue;
    stop_wanting(merchants_.at(seen.merchant_no));
    forget_if_idle(seen.merchant_no);
  }
}

void Admission::forget_if_idle(std::int64_t merchant_no) {
  const auto found = merchants_.find(merchant_no);
  if (found->second.in_flight == 0 && !found->second.want) merchants_.erase(found);
}

void Admission::leave(std::int64_t merchant_no) {
  const BriefLock::Hold hold(lock_);
  --in_flight_;
  --merchants_.at(merchant_no).in_flight;
  forget_if_idle(merchant_no);
}

std::size_t Admission::in_flight() const {
  const BriefLock::Hold hold(lock_);
  return in_flight_;
}

std::uint64_t Admission::refused() const {
  const BriefLock::Hold hold(lock_);
  return refused_;
}

}  // namespace payweir::flows
