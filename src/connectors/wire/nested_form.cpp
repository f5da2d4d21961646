#include "connectors/wire/nested_form.hpp"

#include <utility>

#include "base/check.hpp"

namespace payweir::wire {

NestedForm& NestedForm::text(std::string_view name, std::string_view value) {
  if (prefix_.empty())
    encoder_.add(name, value);
  else
    encoder_.add({prefix_, "[", name, "]"}, value);
  return *this;
}

NestedForm& NestedForm::integer(std::string_view name, std::int64_t value) {
  return text(name, std::to_string(value));
}

NestedForm& NestedForm::boolean(std::string_view name, bool value) {
  return text(name, value ? "true" : "false");
}

NestedForm& NestedForm::text_if_any(std::string_view name, std::string_view value) {
  return value.empty() ? *this : text(name, value);
}

NestedForm& NestedForm::open(std::string_view name) {
  levels_.push_back({prefix_.size(), 0});
  if (prefix_.empty())
    prefix_ = name;
  else
    prefix_.append(1, '[').append(name).append(1, ']');
  return *this;
}

NestedForm& NestedForm::close() {
  check(!levels_.empty(), "a form closes what it never opened");
  prefix_.resize(levels_.back().prefix_size);
  levels_.pop_back();
  return *this;
}

std::string NestedForm::next_index() {
  check(!levels_.empty(), "a form counts elements outside an array");
  return std::to_string(levels_.back().element_count++);
}

std::string NestedForm::take() && {
  check(levels_.empty(), "a form was taken with an object or array open");
  return std::move(encoder_).take();
}

}  // namespace payweir::wire
