#pragma once
// The parameters of one request, decoded: "metadata[order]" and the like are plain names here. Lookups
// walk the list; requests are short.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/form.hpp"
#include "base/http.hpp"
#include "sandbox/stripe/packed_pairs.hpp"
#include "sandbox/stripe/problem.hpp"

namespace payweir::sandbox::stripe {

class Params {
 public:
  // From the query of a GET or DELETE, else from the body.
  [[nodiscard]] static Parsed<Params> read(const http::Request& request);

  [[nodiscard]] bool has(std::string_view name) const;
  // "" when absent.
  [[nodiscard]] std::string_view text(std::string_view name) const;
  [[nodiscard]] Parsed<std::optional<std::int64_t>> integer(std::string_view name) const;
  [[nodiscard]] Parsed<bool> boolean(std::string_view name) const;  // false when absent
  // Whether "list[]" or "list[0]", "list[1]"… holds this value.
  [[nodiscard]] bool lists(std::string_view list, std::string_view value) const;
  // visit(text) for each element of that list.
  template <class Visit>
  void for_each_in(std::string_view list, Visit visit) const {
    for (const auto& [name, value] : pairs_)
      if (is_element(name, list)) visit(std::string_view(value));
  }
  // visit(key, value) for each "map[key]".
  template <class Visit>
  void for_each_of(std::string_view map, Visit visit) const {
    for (const auto& [name, value] : pairs_)
      if (const std::string_view key = key_in(name, map); !key.empty()) visit(key, std::string_view(value));
  }

  // Stripe refuses names it does not know. `allowed` holds what stands before the first bracket.
  [[nodiscard]] std::optional<Problem> refuse_unknown(std::span<const std::string_view> allowed) const;
  // metadata[…]: at most 50 keys of 40 characters with values of 500.
  [[nodiscard]] Parsed<PackedPairs> metadata() const;

  [[nodiscard]] const form::Pairs& pairs() const { return pairs_; }

 private:
  static bool is_element(std::string_view name, std::string_view list);
  static std::string_view key_in(std::string_view name, std::string_view map);
  form::Pairs pairs_;
};

}  // namespace payweir::sandbox::stripe
