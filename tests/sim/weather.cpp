#include "weather.hpp"

#include <algorithm>
#include <array>

namespace payweir::sim {
namespace {

using Kind = Weather::Kind;

struct Cause {
  FaultKind fault;
  Kind kind;
};
constexpr std::array kCauses = std::to_array<Cause>({
    {FaultKind::account_refused, Kind::refused},
    {FaultKind::account_down, Kind::down},
    {FaultKind::account_silent, Kind::silent},
    {FaultKind::account_slow, Kind::slow},
    {FaultKind::account_throttled, Kind::throttled},
    {FaultKind::account_key_unknown, Kind::key_unknown},
});

std::string between(std::string_view text, std::string_view before, std::string_view ends) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + before.size());
  return std::string(rest.substr(0, rest.find_first_of(ends)));
}

// "/stripe"
std::string gateway_of(const http::Request& request) {
  return request.target.substr(0, request.target.find('/', 1));
}

}  // namespace

std::string account_asking(const http::Request& request) {
  const std::string_view authorization = request.headers.get("Authorization");
  if (request.target.starts_with("/stripe")) return between(authorization, "Bearer ", " ");
  if (request.target.starts_with("/alipay")) return between(request.target, "app_id=", "&");
  return between(authorization, "mchid=\"", "\"");
}

void Weather::befall(const http::Request& request) {
  for (const Cause& cause : kCauses) {
    if (!faults_.strike(cause.fault)) continue;
    Chance& chance = faults_.chance(cause.fault);
    Spell spell{
        cause.kind, scheduler_.now(), scheduler_.now() + milliseconds(chance.between(2'000, 180'000)), {}};
    if (chance.percent(25)) spell.turn = milliseconds(chance.between(500, 10'000));
    const bool is_of_both = chance.percent(25);
    scheduler_.note(to_string(cause.fault));
    spells_[is_of_both ? gateway_of(request) : account_asking(request)] = spell;
  }
}

Kind Weather::of(const std::string& where) const {
  const auto found = spells_.find(where);
  if (found == spells_.end() || faults_.is_healed()) return Kind::fair;
  const Spell& spell = found->second;
  if (scheduler_.now() >= spell.until) return Kind::fair;
  const bool is_calm = spell.turn > Duration{} && (scheduler_.now() - spell.from).ms / spell.turn.ms % 2 == 1;
  return is_calm ? Kind::fair : spell.kind;
}

Kind Weather::at(const http::Request& request) const {
  const std::string account = account_asking(request);
  if (!faults_.is_healed())
    for (const std::string& each : {account, std::string()})
      if (const auto settled = settled_.find(each); settled != settled_.end()) return settled->second;
  const Kind own = of(account);
  return own != Kind::fair ? own : of(gateway_of(request));
}

}  // namespace payweir::sim
