# What the calls of golden_a.json name without saying what it is.
# Totals of the population
pst <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
ps <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
po <- data.frame(ownership = c("centralized", "distributed"), Freq = c(500, 500))
pz <- data.frame(size = c("L", "M", "S"), Freq = c(250, 350, 400))
pind <- data.frame(industry = c("bank", "public", "retail", "telco", "travel"), Freq = c(150, 200, 250, 150, 250))
# Columns made of others, as the levels in the results show
bfi$edu <- factor(bfi$education)
bfi$sex <- factor(bfi$gender)
bfi$ageg <- cut(bfi$age, c(0, 22, 30, 40, 100))
ucb <- xtabs(Freq ~ Admit + Gender + Dept, ucb)
# Levels in their order, not in that of the alphabet
housing$Sat <- factor(housing$Sat, levels = c("Low", "Medium", "High"))
housing$Infl <- factor(housing$Infl, levels = c("Low", "Medium", "High"))
housing$Type <- factor(housing$Type, levels = c("Tower", "Apartment", "Atrium", "Terrace"))
housing$Cont <- factor(housing$Cont, levels = c("Low", "High"))
# A function of the weights of the first rows
wz <- function(d, f) { d$weight[1:40] <- f(d$weight[1:40]); d }
