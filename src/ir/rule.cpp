// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/rule.h"

#include "ir/print.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

class Checker {
public:
    Checker(Module& module, Op op, std::span<const ValueId> operands, std::span<const u32> immediates, TypeId given)
        : module_(module), types_(module.types), op_(op), operands_(operands), immediates_(immediates), given_(given) {}

    Outcome run() {
        const OpInfo& about = info(op_);
        if (operands_.size() < about.fewest || operands_.size() > about.most)
            return fail(count_wanted(about) + " wanted, " + std::to_string(operands_.size()) + " given");
        for (const ValueId operand : operands_) {
            if (place(operand) == 0 || place(operand) >= module_.values.size())
                return fail("an operand does not exist");
        }
        if (!operands_.empty() && cooperative(0) != nullptr && !takes_cooperative_matrices(about.rule))
            return fail(to_string(module_, first()) + " has no such operation as a whole; matrix_get takes elements");
        switch (about.rule) {
            case Rule::numbers:
                return same(holds_numbers(), "integers or floats");
            case Rule::integers:
                return same(types_.is_integer(first()), "integers");
            case Rule::floats:
                return same(types_.is_float(first()), "floats");
            case Rule::bits:
                return same(types_.is_integer(first()) || types_.is_boolean(first()), "integers or booleans");
            case Rule::matrices:
                return square();
            case Rule::two_integers:
                return twice(same(types_.is_integer(first()), "integers"));
            case Rule::two_floats:
                return twice(same(types_.is_float(first()), "floats"));
            case Rule::equality:
                return to_booleans(holds_numbers() || types_.is_boolean(first()) || is_pointer(first()),
                                   "numbers, booleans or pointers");
            case Rule::comparison:
                return to_booleans(holds_numbers(), "numbers");
            case Rule::classification:
                return to_booleans(types_.is_float(first()), "floats");
            case Rule::shift:
                return shift();
            case Rule::bit_field:
                return bit_field();
            case Rule::lanes_to_bool:
                return types_.is_boolean(first()) ? boolean() : want(0, "booleans");
            case Rule::choice:
                return choice();
            case Rule::extract:
                return extract();
            case Rule::insert:
                return insert();
            case Rule::extract_lane:
                return extract_lane();
            case Rule::insert_lane:
                return insert_lane();
            case Rule::shuffle:
                return shuffle();
            case Rule::scale:
                return scale();
            case Rule::two_scale:
                return two_scale();
            case Rule::reduce_float:
                return reduce_float();
            case Rule::refraction:
                return refraction();
            case Rule::matrix_product:
                return matrix_product();
            case Rule::determinant:
                return determinant();
            case Rule::builtin:
                return builtin();
            case Rule::variable:
                return variable();
            case Rule::access:
                return access();
            case Rule::pointer_offset:
                return pointer_offset();
            case Rule::load:
                return load();
            case Rule::store:
                return store();
            case Rule::array_length:
                return array_length();
            case Rule::atomic_load:
                return atomic(true);
            case Rule::atomic_store:
                return atomic(false);
            case Rule::atomic:
                return atomic(true);
            case Rule::truth:
                return truth();
            case Rule::ballot:
                return is_bool(0) ? one(types_.vector(Scalar::u32, 4)) : want(0, "a boolean");
            case Rule::ballot_bit:
                return ballot(boolean().results[0]);
            case Rule::ballot_number:
                return ballot(types_.scalar(Scalar::u32));
            case Rule::lane_value:
                return lane_value();
            case Rule::combination:
                return combination();
            case Rule::matrix_store:
                return matrix_store();
            case Rule::matrix_multiply_add:
                return matrix_multiply_add();
            case Rule::matrix_get:
                return matrix_get();
            case Rule::matrix_set:
                return matrix_set();
            case Rule::call:
                return call();
            case Rule::print:
                return none();
            case Rule::check:
                return is_bool(0) ? none() : want(0, "a boolean");
            case Rule::given:
                return given();
            case Rule::nothing:
                return none();
            case Rule::if_:
            case Rule::switch_:
            case Rule::loop:
            case Rule::exit:
            case Rule::fallthrough:
            case Rule::next:
            case Rule::repeat:
            case Rule::repeat_if:
            case Rule::return_:
                break;
        }
        return none();
    }

private:
    // Answers.
    static Outcome none() { return {}; }
    static Outcome one(TypeId type) { return {{}, {type, TypeId::none}, 1}; }
    Outcome boolean() { return one(types_.scalar(Scalar::boolean)); }
    Outcome fail(const std::string& what) const { return {std::string(info(op_).name) + ": " + what + '.', {}, 0}; }
    Outcome want(std::size_t place, const std::string& what) const {
        const std::string& name = module_.text(module_[operands_[place]].name);
        return fail("operand " + std::to_string(place + 1) + (name.empty() ? "" : " \"" + name + '"') + " is " +
                    to_string(module_, type(place)) + ", where " + what +
                    (what.back() == 's' && what.rfind("a ", 0) != 0 ? " are wanted" : " is wanted"));
    }
    static std::string count_wanted(const OpInfo& about) {
        const std::string fewest = std::to_string(about.fewest);
        if (about.fewest == about.most) return fewest + (about.fewest == 1 ? " operand is" : " operands are");
        return "at least " + fewest + " operands are";
    }

    // Questions.
    TypeId type(std::size_t place) const { return module_.type_of(operands_[place]); }
    TypeId first() const { return operands_.empty() ? TypeId::none : type(0); }
    bool is_pointer(TypeId id) const { return types_.is(id, Type::Kind::pointer); }
    bool is_bool(std::size_t place) const {
        return types_.is_boolean(type(place)) && types_.is(type(place), Type::Kind::scalar);
    }
    bool is_integer_scalar(std::size_t place) const {
        return types_.is_integer(type(place)) && types_.is(type(place), Type::Kind::scalar);
    }
    bool holds_numbers() const { return types_.is_integer(first()) || types_.is_float(first()); }

    // Rules of shape.
    Outcome same(bool right, const std::string& what) {
        if (!right) return want(0, what);
        for (std::size_t i = 1; i < operands_.size(); ++i)
            if (type(i) != first()) return want(i, to_string(module_, first()));
        return one(first());
    }
    static Outcome twice(Outcome outcome) {
        outcome.results[1] = outcome.results[0];
        outcome.count *= 2;
        return outcome;
    }
    Outcome to_booleans(bool right, const std::string& what) {
        Outcome outcome = same(right, what);
        if (outcome.error.empty())
            outcome.results[0] =
                is_pointer(first()) ? types_.scalar(Scalar::boolean) : types_.with_scalar(first(), Scalar::boolean);
        return outcome;
    }
    Outcome square() {
        const Type& matrix = types_[first()];
        if (matrix.kind != Type::Kind::matrix || matrix.count != types_[matrix.element].count)
            return want(0, "a square matrix");
        return one(first());
    }

    // Integers.
    Outcome shift() {
        if (!types_.is_integer(first())) return want(0, "integers");
        if (!types_.is_integer(type(1)) || types_.lanes(type(1)) != types_.lanes(first()))
            return want(1, "an integer for each lane");
        return one(first());
    }
    Outcome bit_field() {
        if (!types_.is_integer(first())) return want(0, "integers");
        const std::size_t numbers = operands_.size() - 2;
        if (numbers == 2 && type(1) != first()) return want(1, to_string(module_, first()));
        for (std::size_t i = numbers; i < operands_.size(); ++i)
            if (!is_integer_scalar(i)) return want(i, "an integer");
        return one(first());
    }

    // Choice and parts.
    Outcome choice() {
        if (!types_.is_boolean(first())) return want(0, "a boolean");
        if (type(1) != type(2)) return want(2, to_string(module_, type(1)));
        const u32 lanes = types_.lanes(first());
        if (lanes != 1 && (!types_.is(type(1), Type::Kind::vector) || types_.lanes(type(1)) != lanes))
            return want(1, "a vector of as many lanes");
        return one(type(1));
    }
    // The type at the end of the immediates' path; none where it leaves the composite.
    TypeId along_path() {
        TypeId at = first();
        for (const u32 place : immediates_) {
            const Type& composite = types_[at];
            bool inside = false;
            switch (composite.kind) {
                case Type::Kind::vector:
                case Type::Kind::matrix:
                    inside = place < composite.count;
                    break;
                case Type::Kind::structure:
                    inside = place < composite.members.size();
                    break;
                case Type::Kind::array: {
                    const auto length = module_.known_bits(ValueId{composite.length});
                    inside = !length || place < *length;
                    break;
                }
                case Type::Kind::nothing:
                case Type::Kind::scalar:
                case Type::Kind::runtime_array:
                case Type::Kind::pointer:
                case Type::Kind::cooperative_matrix:
                    break;
            }
            if (!inside) return TypeId::none;
            at = types_.part(at, place);
        }
        return at;
    }
    Outcome extract() {
        const TypeId part = along_path();
        if (immediates_.empty() || part == TypeId::none)
            return fail("there is no such part in " + to_string(module_, first()));
        return one(part);
    }
    Outcome insert() {
        const TypeId part = along_path();
        if (immediates_.empty() || part == TypeId::none)
            return fail("there is no such part in " + to_string(module_, first()));
        if (type(1) != part) return want(1, to_string(module_, part));
        return one(first());
    }
    Outcome extract_lane() {
        if (!types_.is(first(), Type::Kind::vector)) return want(0, "a vector");
        if (!is_integer_scalar(1)) return want(1, "an integer");
        return one(types_[first()].element);
    }
    Outcome insert_lane() {
        if (!types_.is(first(), Type::Kind::vector)) return want(0, "a vector");
        if (type(1) != types_[first()].element) return want(1, to_string(module_, types_[first()].element));
        if (!is_integer_scalar(2)) return want(2, "an integer");
        return one(first());
    }
    Outcome shuffle() {
        if (!types_.is(first(), Type::Kind::vector)) return want(0, "a vector");
        if (!types_.is(type(1), Type::Kind::vector) || types_[type(1)].element != types_[first()].element)
            return want(1, "a vector of the same scalar");
        const u32 lanes = types_.lanes(first()) + types_.lanes(type(1));
        if (immediates_.size() < 2 || immediates_.size() > 4 ||
            std::any_of(immediates_.begin(), immediates_.end(), [&](u32 lane) { return lane >= lanes; }))
            return fail("two to four lanes below " + std::to_string(lanes) + " are wanted");
        return one(types_.vector(types_[first()].element, static_cast<u32>(immediates_.size())));
    }

    // Floats.
    Outcome scale() {
        if (!types_.is_float(first())) return want(0, "floats");
        if (!types_.is_integer(type(1)) || types_.lanes(type(1)) != types_.lanes(first()))
            return want(1, "an integer for each lane");
        return one(first());
    }
    Outcome two_scale() {
        if (!types_.is_float(first())) return want(0, "floats");
        return {{}, {first(), types_.with_scalar(first(), Scalar::i32)}, 2};
    }
    Outcome reduce_float() {
        Outcome outcome = same(types_.is_float(first()), "floats");
        if (outcome.error.empty()) outcome.results[0] = types_.scalar(types_.scalar_of(first()));
        return outcome;
    }
    Outcome refraction() {
        if (!types_.is_float(first())) return want(0, "floats");
        if (type(1) != first()) return want(1, to_string(module_, first()));
        if (!types_.is_float(type(2)) || types_.lanes(type(2)) != 1) return want(2, "a float");
        return one(first());
    }
    Outcome matrix_product() {
        const Type& a = types_[type(0)];
        const Type& b = types_[type(1)];
        using Kind = Type::Kind;
        const auto column = [&](u32 rows) {
            return types_.vector(types_[a.kind == Kind::matrix ? a.element : b.element].scalar, rows);
        };
        const auto rows_of = [&](const Type& matrix) { return types_[matrix.element].count; };
        if (a.kind == Kind::matrix && b.kind == Kind::scalar && b.scalar == a.scalar) return one(plain(type(0)));
        if (b.kind == Kind::matrix && a.kind == Kind::scalar && b.scalar == a.scalar) return one(plain(type(1)));
        if (a.kind == Kind::matrix && b.kind == Kind::vector && b.scalar == a.scalar && b.count == a.count)
            return one(column(rows_of(a)));
        if (b.kind == Kind::matrix && a.kind == Kind::vector && b.scalar == a.scalar && a.count == rows_of(b))
            return one(column(b.count));
        if (a.kind == Kind::matrix && b.kind == Kind::matrix && b.scalar == a.scalar && a.count == rows_of(b)) {
            const u32 columns = b.count;
            return one(types_.matrix(a.scalar, columns, rows_of(a)));
        }
        if (a.kind == Kind::vector && b.kind == Kind::scalar && b.scalar == a.scalar) return one(type(0));
        if (a.kind == Kind::cooperative_matrix && type(1) == a.element) return one(type(0));
        if (b.kind == Kind::cooperative_matrix && type(0) == b.element) return one(type(1));
        return fail(to_string(module_, type(0)) + " and " + to_string(module_, type(1)) + " have no product");
    }
    // A value has no layout.
    TypeId plain(TypeId matrix) {
        return types_.matrix(types_[matrix].scalar, types_[matrix].count, types_[types_[matrix].element].count);
    }
    Outcome determinant() {
        Outcome outcome = square();
        if (outcome.error.empty()) outcome.results[0] = types_.scalar(types_[first()].scalar);
        return outcome;
    }

    Outcome builtin() {
        if (immediates_.size() != 1 || to_string(static_cast<Builtin>(immediates_[0])).empty())
            return fail("there is no such builtin");
        switch (static_cast<Builtin>(immediates_[0])) {
            case Builtin::global_id:
            case Builtin::local_id:
            case Builtin::workgroup_id:
            case Builtin::workgroup_count:
            case Builtin::workgroup_size:
                return one(types_.vector(Scalar::u32, 3));
            case Builtin::local_index:
            case Builtin::subgroup_size:
            case Builtin::subgroup_lane:
            case Builtin::subgroup_id:
            case Builtin::subgroup_count:
                return one(types_.scalar(Scalar::u32));
            case Builtin::subgroup_eq_mask:
            case Builtin::subgroup_ge_mask:
            case Builtin::subgroup_gt_mask:
            case Builtin::subgroup_le_mask:
            case Builtin::subgroup_lt_mask:
                break;
        }
        return one(types_.vector(Scalar::u32, 4));
    }

    // Memory.
    Outcome variable() {
        if (!is_pointer(given_) || types_[given_].space != Space::local)
            return fail("the result is a pointer into local memory");
        if (!operands_.empty() && type(0) != types_[given_].element)
            return want(0, to_string(module_, types_[given_].element));
        return one(given_);
    }
    Outcome access() {
        if (!is_pointer(first())) return want(0, "a pointer");
        const Space space = types_[first()].space;
        TypeId at = types_[first()].element;
        for (std::size_t i = 1; i < operands_.size(); ++i) {
            if (!is_integer_scalar(i)) return want(i, "an integer");
            const Type& composite = types_[at];
            u64 member = 0;
            switch (composite.kind) {
                case Type::Kind::vector:
                case Type::Kind::matrix:
                case Type::Kind::array:
                case Type::Kind::runtime_array:
                    break;
                case Type::Kind::structure: {
                    const auto known = module_.known_bits(operands_[i]);
                    if (!known) return fail("the member of " + composite.name + " has to be a constant");
                    if (*known >= composite.members.size())
                        return fail(composite.name + " has no member " + std::to_string(*known));
                    member = *known;
                    break;
                }
                case Type::Kind::nothing:
                case Type::Kind::scalar:
                case Type::Kind::pointer:
                case Type::Kind::cooperative_matrix:
                    return fail(to_string(module_, at) + " has no parts");
            }
            at = types_.part(at, member);
        }
        return one(types_.pointer(space, at));
    }
    Outcome pointer_offset() {
        if (!is_pointer(first())) return want(0, "a pointer");
        if (!is_integer_scalar(1)) return want(1, "an integer");
        return one(first());
    }
    Outcome load() {
        if (!is_pointer(first())) return want(0, "a pointer");
        const TypeId pointee = types_[first()].element;
        if (types_.is(pointee, Type::Kind::runtime_array)) return fail("a runtime array is no value");
        return one(pointee);
    }
    Outcome store() {
        if (!is_pointer(first())) return want(0, "a pointer");
        const Space space = types_[first()].space;
        if (space == Space::uniform || space == Space::scalars)
            return fail("memory in the space " + std::string(to_string(space)) + " is only read");
        if (type(1) != types_[first()].element) return want(1, to_string(module_, types_[first()].element));
        return none();
    }
    Outcome array_length() {
        if (!is_pointer(first()) || !types_.is(types_[first()].element, Type::Kind::runtime_array))
            return want(0, "a pointer to a runtime array");
        return one(types_.scalar(Scalar::u32));
    }
    Outcome atomic(bool with_result) {
        if (!is_pointer(first())) return want(0, "a pointer");
        const TypeId pointee = types_[first()].element;
        if (!types_.is(pointee, Type::Kind::scalar) || types_.is_boolean(pointee))
            return want(0, "a pointer to a number");
        const Space space = types_[first()].space;
        if (space == Space::uniform || space == Space::scalars)
            return fail("memory in the space " + std::string(to_string(space)) + " is only read");
        for (std::size_t i = 1; i < operands_.size(); ++i)
            if (type(i) != pointee) return want(i, to_string(module_, pointee));
        const bool bitwise = op_ == Op::atomic_and || op_ == Op::atomic_or || op_ == Op::atomic_xor ||
                             op_ == Op::atomic_compare_exchange;
        if (bitwise && !types_.is_integer(pointee)) return want(0, "a pointer to an integer");
        return with_result ? one(pointee) : none();
    }

    // Subgroups.
    Outcome truth() {
        if (!operands_.empty() && op_ != Op::subgroup_all_equal && !is_bool(0)) return want(0, "a boolean");
        return boolean();
    }
    Outcome ballot(TypeId result) {
        if (first() != types_.vector(Scalar::u32, 4)) return want(0, "a ballot, u32x4,");
        if (operands_.size() > 1 && !is_integer_scalar(1)) return want(1, "an integer");
        return one(result);
    }
    Outcome lane_value() {
        if (!types_.is_boolean(first()) && !holds_numbers()) return want(0, "numbers or booleans");
        if (operands_.size() > 1 && type(1) != types_.scalar(Scalar::u32)) return want(1, "a lane, u32,");
        return one(first());
    }
    Outcome combination() {
        const auto how = static_cast<Combine>(immediates_.empty() ? u32{255} : immediates_[0]);
        if (to_string(how).empty()) return fail("there is no such combination");
        const bool bitwise = how == Combine::bit_and || how == Combine::bit_or || how == Combine::bit_xor;
        if (bitwise ? !types_.is_integer(first()) && !types_.is_boolean(first()) : !holds_numbers())
            return want(0, bitwise ? "integers or booleans" : "numbers");
        return one(first());
    }

    // Cooperative matrices.
    const Type* cooperative(std::size_t place) const {
        const Type& type = types_[this->type(place)];
        return type.kind == Type::Kind::cooperative_matrix ? &type : nullptr;
    }
    bool takes_cooperative_matrices(Rule rule) const {
        switch (rule) {
            case Rule::numbers:
                return op_ == Op::add || op_ == Op::sub || op_ == Op::mul || op_ == Op::neg ||
                       (op_ == Op::div && types_.is_float(first()));
            case Rule::integers:
            case Rule::floats:
            case Rule::bits:
            case Rule::two_integers:
            case Rule::two_floats:
            case Rule::equality:
            case Rule::comparison:
            case Rule::classification:
            case Rule::shift:
            case Rule::bit_field:
            case Rule::lanes_to_bool:
            case Rule::scale:
            case Rule::two_scale:
            case Rule::reduce_float:
            case Rule::refraction:
            case Rule::lane_value:
            case Rule::combination:
                return false;
            default:
                return true;
        }
    }
    Outcome matrix_store() {
        if (!is_pointer(first())) return want(0, "a pointer");
        if (cooperative(1) == nullptr) return want(1, "a cooperative matrix");
        if (!is_integer_scalar(2)) return want(2, "an integer");
        return none();
    }
    Outcome matrix_multiply_add() {
        const Type* a = cooperative(0);
        const Type* b = cooperative(1);
        const Type* c = cooperative(2);
        if (a == nullptr || a->use != MatrixUse::a) return want(0, "a cooperative matrix for a");
        if (b == nullptr || b->use != MatrixUse::b || b->rows != a->columns)
            return want(1, "a cooperative matrix for b with " + std::to_string(a->columns) + " rows");
        if (c == nullptr || c->use != MatrixUse::accumulator || c->rows != a->rows || c->columns != b->columns)
            return want(2, "an accumulator of " + std::to_string(a->rows) + " x " + std::to_string(b->columns));
        return one(type(2));
    }
    Outcome matrix_get() {
        const Type* matrix = cooperative(0);
        if (matrix == nullptr) return want(0, "a cooperative matrix");
        if (!is_integer_scalar(1)) return want(1, "an integer");
        return one(matrix->element);
    }
    Outcome matrix_set() {
        const Type* matrix = cooperative(0);
        if (matrix == nullptr) return want(0, "a cooperative matrix");
        if (type(1) != matrix->element) return want(1, to_string(module_, matrix->element));
        if (!is_integer_scalar(2)) return want(2, "an integer");
        return one(first());
    }

    Outcome call() {
        const u32 place = immediates_.empty() ? 0 : immediates_[0];
        if (place == 0 || place >= module_.functions.size()) return fail("there is no such function");
        const Function& function = module_.functions[place];
        if (operands_.size() != function.parameters.size())
            return fail(module_.text(function.name) + " takes " + std::to_string(function.parameters.size()) +
                        " values, " + std::to_string(operands_.size()) + " are given");
        for (std::size_t i = 0; i < operands_.size(); ++i)
            if (type(i) != module_.type_of(function.parameters[i]))
                return want(i, to_string(module_, module_.type_of(function.parameters[i])));
        return function.result == types_.nothing() ? none() : one(function.result);
    }

    // Results whose type the instruction gives.
    Outcome given() {
        if (given_ == TypeId::none) return fail("the type of the result is missing");
        switch (op_) {
            case Op::convert:
                return convert();
            case Op::bitcast:
                return bitcast();
            case Op::compose:
                return compose();
            case Op::splat:
                return splat();
            case Op::dot_integer:
                return dot_integer();
            case Op::outer:
                return outer();
            case Op::transpose:
                return transpose();
            case Op::pointer_to:
                return pointer_to();
            case Op::matrix_load:
                return matrix_load();
            default:
                break;
        }
        return fixed();
    }
    Outcome convert() {
        const bool from = holds_numbers() || types_.is_boolean(first());
        if (!from) return want(0, "numbers or booleans");
        if (types_.with_scalar(given_, Scalar::u32) != types_.with_scalar(first(), Scalar::u32) ||
            types_.is_boolean(given_) || (!types_.is_integer(given_) && !types_.is_float(given_)))
            return not_given("numbers of as many lanes");
        return one(given_);
    }
    u32 bits_of(TypeId id) const {
        const Type& type = types_[id];
        if (type.kind == Type::Kind::pointer) return type.space == Space::address ? 64 : 0;
        if ((type.kind != Type::Kind::scalar && type.kind != Type::Kind::vector) || types_.is_boolean(id)) return 0;
        return types_.bits(id) * types_.lanes(id);
    }
    Outcome bitcast() {
        if (bits_of(first()) == 0) return want(0, "numbers");
        if (bits_of(given_) != bits_of(first())) return not_given(std::to_string(bits_of(first())) + " bits");
        return one(given_);
    }
    Outcome compose() {
        const Type& whole = types_[given_];
        if (whole.kind == Type::Kind::vector) {
            u32 lanes = 0;
            for (std::size_t i = 0; i < operands_.size(); ++i) {
                const Type& part = types_[type(i)];
                if (type(i) != whole.element && (part.kind != Type::Kind::vector || part.element != whole.element))
                    return want(i, to_string(module_, whole.element));
                lanes += types_.lanes(type(i));
            }
            return lanes == whole.count
                       ? one(given_)
                       : fail(std::to_string(lanes) + " lanes are given for " + to_string(module_, given_));
        }
        u64 parts = 0;
        if (whole.kind == Type::Kind::structure) parts = whole.members.size();
        else if (whole.kind == Type::Kind::matrix) parts = whole.count;
        else if (whole.kind == Type::Kind::array)
            parts = module_.known_bits(ValueId{whole.length}).value_or(operands_.size());
        else return not_given("a composite");
        if (parts != operands_.size())
            return fail(to_string(module_, given_) + " has " + std::to_string(parts) + " parts, " +
                        std::to_string(operands_.size()) + " are given");
        for (std::size_t i = 0; i < operands_.size(); ++i)
            if (type(i) != types_.part(given_, i)) return want(i, to_string(module_, types_.part(given_, i)));
        return one(given_);
    }
    Outcome splat() {
        const Type& whole = types_[given_];
        if (whole.kind != Type::Kind::vector && whole.kind != Type::Kind::cooperative_matrix)
            return not_given("a vector or cooperative matrix");
        return first() == whole.element ? one(given_) : want(0, to_string(module_, whole.element));
    }
    Outcome dot_integer() {
        if (!types_.is(first(), Type::Kind::vector) || !types_.is_integer(first()))
            return want(0, "a vector of integers");
        if (!types_.is_integer(type(1)) || types_.lanes(type(1)) != types_.lanes(first()))
            return want(1, "a vector of as many integers");
        return types_.is_integer(given_) && types_.lanes(given_) == 1 ? one(given_) : not_given("an integer");
    }
    Outcome outer() {
        const Type& matrix = types_[given_];
        if (matrix.kind != Type::Kind::matrix) return not_given("a matrix");
        if (first() != matrix.element) return want(0, to_string(module_, matrix.element));
        return types_.is_float(type(1)) && types_.lanes(type(1)) == matrix.count
                   ? one(given_)
                   : want(1, "a vector of as many lanes as there are columns");
    }
    Outcome transpose() {
        const Type& from = types_[first()];
        const Type& to = types_[given_];
        if (from.kind != Type::Kind::matrix) return want(0, "a matrix");
        if (to.kind != Type::Kind::matrix || to.scalar != from.scalar || to.count != types_[from.element].count ||
            from.count != types_[to.element].count)
            return not_given("the transposed matrix");
        return one(given_);
    }
    Outcome pointer_to() {
        if (first() != types_.scalar(Scalar::u64)) return want(0, "u64");
        return is_pointer(given_) && types_[given_].space == Space::address
                   ? one(given_)
                   : not_given("a pointer in the space address");
    }
    Outcome matrix_load() {
        if (!is_pointer(first())) return want(0, "a pointer");
        if (!is_integer_scalar(1)) return want(1, "an integer");
        return types_.is(given_, Type::Kind::cooperative_matrix) ? one(given_) : not_given("a cooperative matrix");
    }
    Outcome not_given(const std::string& what) const {
        return fail("the result is " + to_string(module_, given_) + ", where " + what + " is wanted");
    }

    // Those whose types never vary.
    Outcome fixed() {
        const auto check = [&](Scalar from, u32 from_lanes, Scalar to, u32 to_lanes) {
            const TypeId wanted = types_.vector(from, from_lanes);
            if (first() != wanted) return want(0, to_string(module_, wanted));
            const TypeId result = types_.vector(to, to_lanes);
            return given_ == result ? one(result) : not_given(to_string(module_, result));
        };
        switch (op_) {
            case Op::pack_snorm4x8:
            case Op::pack_unorm4x8:
                return check(Scalar::f32, 4, Scalar::u32, 1);
            case Op::pack_snorm2x16:
            case Op::pack_unorm2x16:
            case Op::pack_half2x16:
                return check(Scalar::f32, 2, Scalar::u32, 1);
            case Op::unpack_snorm4x8:
            case Op::unpack_unorm4x8:
                return check(Scalar::u32, 1, Scalar::f32, 4);
            case Op::unpack_snorm2x16:
            case Op::unpack_unorm2x16:
            case Op::unpack_half2x16:
                return check(Scalar::u32, 1, Scalar::f32, 2);
            case Op::clock:
                return given_ == types_.scalar(Scalar::u64) ? one(given_) : not_given("u64");
            case Op::address_of:
                return is_pointer(first()) && types_[first()].space == Space::storage &&
                               given_ == types_.scalar(Scalar::u64)
                           ? one(given_)
                           : want(0, "a pointer into a storage buffer");
            case Op::dot_packed:
                for (std::size_t i = 0; i < 2; ++i)
                    if (types_.bits(type(i)) != 32 || !is_integer_scalar(i)) return want(i, "an integer of 32 bits");
                return types_.is_integer(given_) && types_.lanes(given_) == 1 ? one(given_) : not_given("an integer");
            case Op::matrix_length:
                return given_ == types_.scalar(Scalar::u32) && !immediates_.empty() && immediates_[0] < types_.size() &&
                               types_.is(TypeId{immediates_[0]}, Type::Kind::cooperative_matrix)
                           ? one(given_)
                           : fail("a cooperative matrix type is wanted");
            default:
                break;
        }
        return fail("no rule says what it gives");
    }

    Module& module_;
    Types& types_;
    Op op_;
    std::span<const ValueId> operands_;
    std::span<const u32> immediates_;
    TypeId given_;
};

}  // namespace

Outcome apply_rule(Module& module, Op op, std::span<const ValueId> operands, std::span<const u32> immediates,
                   TypeId given) {
    return Checker(module, op, operands, immediates, given).run();
}

}  // namespace alkomp::ir
