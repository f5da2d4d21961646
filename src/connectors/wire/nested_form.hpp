#pragma once
// Form parameters that nest, as Stripe writes them: a[b]=1, a[0]=2, a[0][b]=3. Used like json::Writer:
// the caller opens and closes, take() checks that it closed.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/form.hpp"

namespace payweir::wire {

class NestedForm {
 public:
  NestedForm& text(std::string_view name, std::string_view value);
  NestedForm& integer(std::string_view name, std::int64_t value);
  NestedForm& boolean(std::string_view name, bool value);
  // Nothing at all for an empty value: an empty text would unset the field at the gateway.
  NestedForm& text_if_any(std::string_view name, std::string_view value);

  // Opens the object or array `name`; inside an array a name is its index, which next_index() counts.
  NestedForm& open(std::string_view name);
  NestedForm& close();
  [[nodiscard]] std::string next_index();

  [[nodiscard]] std::string take() &&;

 private:
  struct Level {
    std::size_t prefix_size;
    std::size_t element_count;
  };
  // Room for a payment with its addresses: a text that grows leaves copies of a card number behind.
  form::Encoder encoder_{2048};
  std::string prefix_;
  std::vector<Level> levels_;
};

}  // namespace payweir::wire
