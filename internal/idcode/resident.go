package idcode

import (
	"strings"
	"time"

	"gezhi/internal/fault"
)

// Resident is what an identity number of GB 11643 says about its holder.
type Resident struct {
	ID     string    // 18 characters, the last a digit or X
	Region string    // the six digits of where it was first issued; "9…" for a foreigner's permanent residence card
	Birth  time.Time // midnight UTC of the date of birth
	Female bool
}

var residentWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// ParseResident folds and checks an identity number. A 15-digit number of the first generation
// is read into its 18-digit form. Nobody is born after today, which is the date in Asia/Shanghai.
// What is wrong comes back as an Invalid fault on field "resident_id" that never repeats the number.
func ParseResident(s string, today time.Time) (Resident, error) {
	id := fold(s)
	if len(id) == 15 && allDigits(id) {
		// First-generation cards were issued until 1999 and leave out the century, which is always 19.
		id = id[:6] + "19" + id[6:]
		id += string(residentCheck(id))
	}
	if len(id) != 18 || !allDigits(id[:17]) || (id[17] != 'X' && !allDigits(id[17:])) {
		return Resident{}, fault.Field("resident_id", "身份证号应为 18 位（17 位数字加一位数字或 X），请核对。",
			"An identity number has 18 characters: 17 digits and a digit or X. Please check it.")
	}
	if !knownProvince(id[:2]) {
		return Resident{}, fault.Field("resident_id", "身份证号前两位不是有效的省份代码，请核对。",
			"The first two digits of the identity number are not a province. Please check it.")
	}
	birth, err := time.Parse("20060102", id[6:14])
	if err != nil || birth.Year() < 1850 || birth.After(today) {
		return Resident{}, fault.Field("resident_id", "身份证号中的出生日期不存在，请核对。",
			"The date of birth in the identity number does not exist. Please check it.")
	}
	if residentCheck(id[:17]) != id[17] {
		return Resident{}, fault.Field("resident_id", "身份证号的最后一位（校验码）不符，请核对。",
			"The last character of the identity number does not match the others. Please check it.")
	}
	return Resident{ID: id, Region: id[:6], Birth: birth, Female: (id[16]-'0')%2 == 0}, nil
}

// Age is the number of whole years lived on the day, and 0 before birth.
func (r Resident) Age(on time.Time) int {
	years := on.Year() - r.Birth.Year()
	if on.Month() < r.Birth.Month() || (on.Month() == r.Birth.Month() && on.Day() < r.Birth.Day()) {
		years--
	}
	return max(years, 0)
}

func residentCheck(first17 string) byte {
	sum := 0
	for i, w := range residentWeights {
		sum += int(first17[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// provinces are the two-digit codes of GB/T 2260, with 81–83 of the residence permits of
// Hong Kong, Macao and Taiwan residents.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "

// knownProvince also accepts 9x, with which foreigners' permanent residence cards begin.
func knownProvince(two string) bool {
	return two[0] == '9' || strings.Contains(provinces, " "+two+" ")
}
